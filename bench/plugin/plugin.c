// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmcount: what the kernel executes between two markers of the guest, by
 * function, counted inside QEMU.
 *
 * qemu -plugin mmcount.so,symbols=System.map,out=DIR[,calls=on]
 *      [,addresses=on][,cache=on][,l1d=32k:8:64][,l2=...][,llc=...][,dtlb=64:4]
 *
 * Until the guest arms it (a marker before the case runs) it looks at what is
 * translated and does nothing else: the boot costs nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../guest/run/marker.h"
#include "address.h"
#include "api.h"
#include "cache.h"
#include "insn.h"
#include "output.h"
#include "symbols.h"
#include "track.h"

#define MAX_INSNS 512 /* of a block: TCG_MAX_INSNS */

API_EXPORT int qemu_plugin_version = API_VERSION;

static const char *out_dir, *symbols_path;
static bool cache;
static uint64_t self;

static bool armed;

static void *as_data(uintptr_t value)
{
	return (void *)value;
}

static void arm(uint64_t id);

static void on_arm(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	if (armed)
		return;
	armed = true;
	/* Forgets all translations: they come again, with counters. */
	qemu_plugin_reset(self, arm);
}

static void add_marker(struct qemu_plugin_insn *qi, uint32_t value,
		       uint32_t before)
{
	struct mark *m;

	if (MARKER_KIND(value) == MARKER_ARM) {
		qemu_plugin_register_vcpu_insn_exec_cb(qi, on_arm,
						       API_CB_NO_REGS, NULL);
		return;
	}
	if (MARKER_KIND(value) == MARKER_IDLE)
		return;
	m = tree_alloc(sizeof(*m));
	*m = (struct mark){ value, before };
	qemu_plugin_register_vcpu_insn_exec_cb(qi, track_marker, API_CB_NO_REGS,
					       m);
}

static void add_event(struct qemu_plugin_insn *qi, enum counter c)
{
	qemu_plugin_register_vcpu_insn_exec_cb(qi, track_event, API_CB_NO_REGS,
					       as_data(c));
	if (cache && c != C_INVLPG)
		qemu_plugin_register_vcpu_insn_exec_cb(qi, cache_flush_tlb,
						       API_CB_NO_REGS, NULL);
}

/* See track_probe: some loads tell which way the filters work. */
static void add_probe(struct qemu_plugin_insn *qi)
{
	static unsigned int nr;

	if (nr++ < 256)
		qemu_plugin_register_vcpu_mem_inline(
			qi, API_MEM_W, API_INLINE_ADD_U64, &track_probe, 1);
}

/*
 * Loads and stores.  Calls and returns leave the block before QEMU 7.2 has put
 * their callbacks away, and what it reads to deliver an interrupt would count:
 * they are counted as instructions, one store or one load each.
 */
static void add_accesses(struct qemu_plugin_insn *qi, const struct insn *insn,
			 struct block *b)
{
	if (insn->odd_access) {
		qemu_plugin_register_vcpu_mem_cb(qi, track_access,
						 API_CB_NO_REGS, API_MEM_RW, b);
	} else if (insn->kind == INSN_CALL || insn->kind == INSN_RET) {
		qemu_plugin_register_vcpu_insn_exec_inline(
			qi, API_INLINE_ADD_U64,
			insn->kind == INSN_CALL ? &track_pushes : &track_pops,
			1);
	} else {
		if (insn->load)
			add_probe(qi);
		qemu_plugin_register_vcpu_mem_inline(
			qi, API_MEM_R, API_INLINE_ADD_U64, &track_reads, 1);
		qemu_plugin_register_vcpu_mem_inline(
			qi, API_MEM_W, API_INLINE_ADD_U64, &track_writes, 1);
	}
}

static void add_memory(struct qemu_plugin_insn *qi, const struct insn *insn,
		       struct block *b)
{
	if (cache)
		qemu_plugin_register_vcpu_mem_cb(
			qi, cache_access, API_CB_NO_REGS, API_MEM_RW, NULL);
	add_accesses(qi, insn, b);
	if (!track_calls || b->user)
		return;
	if (insn->kind == INSN_CALL)
		qemu_plugin_register_vcpu_mem_cb(qi, track_call, API_CB_NO_REGS,
						 API_MEM_RW, b);
	else if (insn->kind == INSN_RET)
		qemu_plugin_register_vcpu_mem_cb(qi, track_ret, API_CB_NO_REGS,
						 API_MEM_RW, b);
}

/* movs (a4, a5), and nothing else, loads and stores each byte. */
static bool is_movs(const uint8_t *code, size_t len)
{
	return len && (code[len - 1] & 0xfe) == 0xa4;
}

static void add_insn(struct qemu_plugin_insn *qi, const struct insn *insn,
		     struct block *b, uint32_t before)
{
	uint64_t pc = qemu_plugin_insn_vaddr(qi);

	switch (insn->kind) {
	case INSN_MARKER:
		if (b->user)
			add_marker(qi, insn->marker, before);
		break;
	case INSN_INVLPG:
		add_event(qi, C_INVLPG);
		break;
	case INSN_INVPCID:
		add_event(qi, C_INVPCID);
		break;
	case INSN_CR3:
		add_event(qi, C_CR3);
		break;
	case INSN_REP:
		b->rep_pc = pc;
		b->movs = is_movs(qemu_plugin_insn_data(qi),
				  qemu_plugin_insn_size(qi));
		qemu_plugin_register_vcpu_mem_cb(qi, track_string,
						 API_CB_NO_REGS, API_MEM_RW, b);
		break;
	case INSN_IRET:
		b->iret = true;
		break;
	default:
		break;
	}
	if (insn->may_stop && !insn->no_access)
		add_memory(qi, insn, b);
}

/*
 * Points.  The one at the start counts the instructions before the first that
 * may stop; one behind each of those counts it and what follows, up to the
 * next.  The last instruction of a block has nothing behind it and is counted
 * ahead; track_block() takes it back when it did not complete.
 */
static void add_points(struct qemu_plugin_tb *tb, const struct insn *insn,
		       struct block *b)
{
	uint32_t done = 0, at = 0, end;

	for (; done < b->insns; done = end, at = end + 1) {
		for (end = at; end < b->insns && !insn[end].may_stop; end++)
			;
		if (end == b->insns - 1)
			end = b->insns;
		if (!at)
			b->first = end;
		else
			qemu_plugin_register_vcpu_insn_exec_inline(
				qemu_plugin_tb_get_insn(tb, at),
				API_INLINE_ADD_U64, &track_ticks, end - done);
	}
}

static void describe(struct block *b, uint64_t pc)
{
	const struct symbol *s = pc >> 63 ? symbols_find(pc) : NULL;

	b->pc = pc;
	b->user = !(pc >> 63);
	b->func = b->user ? FUNC_USER : s ? s->func : FUNC_UNKNOWN;
	b->at_start = s && s->addr == pc;
	if (s && (b->at_start || s->stubs))
		b->entry = s->entry;
	b->stub = s && s->stubs;
	b->page_fault = b->entry && s->page_fault;
}

/* See length.c: QEMU took the block's last instruction back. */
static bool is_phantom(struct qemu_plugin_insn *qi)
{
	return !insn_is_whole(qemu_plugin_insn_data(qi),
			      qemu_plugin_insn_size(qi));
}

static void translate(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb);
	struct insn insn[MAX_INSNS];
	struct block *b;

	(void)id;
	nr -= nr > 1 && is_phantom(qemu_plugin_tb_get_insn(tb, nr - 1));
	if (!nr || nr > MAX_INSNS)
		return;
	b = tree_alloc(sizeof(*b));
	b->insns = (uint32_t)nr;
	if (address_on)
		b->code = address_block(
			qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)),
			b->insns);
	describe(b, qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)));
	qemu_plugin_register_vcpu_tb_exec_cb(tb, track_block, API_CB_NO_REGS,
					     b);
	for (uint32_t i = 0; i < nr; i++) {
		struct qemu_plugin_insn *qi = qemu_plugin_tb_get_insn(tb, i);

		insn[i] = insn_decode(qemu_plugin_insn_data(qi),
				      qemu_plugin_insn_size(qi));
		add_insn(qi, &insn[i], b, i);
		if (b->code)
			address_place(b->code, i, qemu_plugin_insn_vaddr(qi));
	}
	b->last_may_stop = insn[nr - 1].may_stop;
	b->special = b->entry || b->iret || b->rep_pc;
	add_points(tb, insn, b);
}

/* Before it is armed: only markers, so that one that is early is seen. */
static void translate_idle(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < nr; i++) {
		struct qemu_plugin_insn *qi = qemu_plugin_tb_get_insn(tb, i);
		struct insn insn;

		if (qemu_plugin_insn_vaddr(qi) >> 63 ||
		    qemu_plugin_insn_size(qi) != 7)
			continue;
		insn = insn_decode(qemu_plugin_insn_data(qi), 7);
		if (insn.kind == INSN_MARKER)
			add_marker(qi, insn.marker, 0);
	}
}

static void at_exit(uint64_t id, void *data)
{
	const char *mode = cache ? (track_calls ? "calls+cache" : "self+cache")
				 : (track_calls ? "calls" : "self");
	int err;

	(void)id;
	(void)data;
	track_end();
	err = output_write(out_dir, mode);
	if (err)
		fprintf(stderr, "mmcount: %s: %s\n", out_dir, strerror(-err));
}

static void arm(uint64_t id)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
}

/* "key=on|off" into @flag; false when it is about another key. */
static bool flag_option(const char *arg, const char *key, bool *flag)
{
	size_t len = strlen(key);

	if (strncmp(arg, key, len) || arg[len] != '=')
		return false;
	*flag = !strcmp(arg + len + 1, "on");
	return *flag || !strcmp(arg + len + 1, "off");
}

/* 0, or -errno with @why filled. */
static int take_option(const char *arg, char *why, size_t size)
{
	snprintf(why, size, "what is it?");
	if (!strncmp(arg, "symbols=", 8))
		symbols_path = arg + 8;
	else if (!strncmp(arg, "out=", 4))
		out_dir = arg + 4;
	else if (!flag_option(arg, "calls", &track_calls) &&
		 !flag_option(arg, "addresses", &address_on) &&
		 !flag_option(arg, "cache", &cache))
		return cache_option(arg, why, size);
	return 0;
}

/* Is this a QEMU that mmcount knows?  Says both numbers when it is not. */
static bool known(const struct api_info *info)
{
	if (info->version.cur != API_VERSION ||
	    info->version.min > API_VERSION) {
		fprintf(stderr,
			"mmcount: this QEMU speaks plugin API version %d (at least %d), mmcount knows version %d\n",
			info->version.cur, info->version.min, API_VERSION);
		return false;
	}
	if (!info->system_emulation || strcmp(info->target_name, "x86_64")) {
		fprintf(stderr,
			"mmcount: made for qemu-system-x86_64, this is %s\n",
			info->target_name);
		return false;
	}
	if (info->system.max_vcpus != 1) {
		fprintf(stderr, "mmcount: %d CPUs, it can follow one\n",
			info->system.max_vcpus);
		return false;
	}
	return true;
}

API_EXPORT int qemu_plugin_install(uint64_t id, const struct api_info *info,
				   int argc, char **argv)
{
	char why[512];

	if (!known(info))
		return 1;
	for (int i = 0; i < argc; i++) {
		if (!take_option(argv[i], why, sizeof(why)))
			continue;
		fprintf(stderr, "mmcount: '%s': %s\n", argv[i], why);
		return 1;
	}
	if (!symbols_path || !out_dir) {
		fprintf(stderr, "mmcount: symbols= and out= are needed\n");
		return 1;
	}
	if (symbols_load(symbols_path, why, sizeof(why))) {
		fprintf(stderr, "mmcount: %s\n", why);
		return 1;
	}
	if (cache && cache_init()) {
		fprintf(stderr, "mmcount: no memory for the caches\n");
		return 1;
	}
	self = id;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate_idle);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
