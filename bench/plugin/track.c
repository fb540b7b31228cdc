// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../guest/run/marker.h"
#include "address.h"
#include "api.h"
#include "shadow.h"
#include "track.h"

#define MAX_PASSES (1u << 20)

uint64_t track_ticks, track_probe;
uint64_t track_reads, track_writes, track_pops, track_pushes;
bool track_calls;
char track_error[200];

/* What executes now. */
static const struct block *last; /* the block entered last */
static uint64_t start; /* track_ticks when it was */
static uint32_t skip; /* instructions of it before the region began */
static enum space space; /* that it executes in */
static struct region *region; /* NULL: outside */
static struct node *cur;
static bool call_pending; /* a call was made, its first block comes */
static bool linked; /* the block's call or return was seen */
static bool turn; /* the last block went on with a string instruction */
static uint64_t resume_rep; /* string instruction to go on with after iret */
/* Up to where was it handed out to nodes? */
static uint64_t mark_ticks, mark_reads, mark_writes, mark_pops, mark_pushes;
/* This pass, and all that ended. */
static uint64_t pass_insns, pass_turns;
static struct pass *passes;
static uint32_t nr_passes;

__attribute__((format(printf, 1, 2))) static void error(const char *fmt, ...)
{
	va_list ap;

	if (track_error[0])
		return;
	va_start(ap, fmt);
	vsnprintf(track_error, sizeof(track_error), fmt, ap);
	va_end(ap);
}

static void mark(uint64_t ticks)
{
	mark_ticks = ticks;
	mark_reads = track_reads;
	mark_writes = track_writes;
	mark_pops = track_pops;
	mark_pushes = track_pushes;
}

/* Hand out what was counted up to @ticks to the node that executed it. */
static void settle(uint64_t ticks)
{
	cur->count[C_INSN] += ticks - mark_ticks;
	cur->count[C_LOADS] += track_pops - mark_pops;
	cur->count[C_STORES] += track_pushes - mark_pushes;
	cur->reads += track_reads - mark_reads;
	cur->writes += track_writes - mark_writes;
	pass_insns += ticks - mark_ticks;
	mark(ticks);
}

static void go(struct node *n, uint64_t ticks)
{
	if (n == cur)
		return;
	settle(ticks);
	cur = n;
}

/* @to instructions of the last block executed, some before the region. */
static void place(uint64_t to)
{
	if (last->code && !turn)
		address_count(last->code, region->id, space, skip,
			      (uint32_t)to);
	skip = 0;
}

/*
 * The last block was left at an instruction that may stop: did it complete?
 * How many more executed than were counted.
 */
static int correct(enum entry entry)
{
	bool whole = track_ticks - start == last->insns;

	if (entry != ENTRY_FAULT)
		return !whole; /* it did: one more */
	if (last->rep_pc && !turn)
		cur->count[C_STRING]--;
	if (!whole || !last->last_may_stop)
		return 0; /* exactly these; or the next could not be fetched */
	if (!turn)
		return -1;
	cur->count[C_TURNS]--;
	pass_turns--;
	return 0;
}

/* Leave the nearest exception, interrupt or system call. */
static void leave_entry(void)
{
	struct node *n = cur;

	while (n->parent && !n->entry)
		n = n->parent;
	if (!n->parent)
		return; /* it began before the region, or in another one */
	call_pending = n->resume_call;
	resume_rep = n->resume_rep;
	go(n->parent, track_ticks);
}

static void enter(const struct block *b)
{
	struct node *n;

	if (last->stub && b->entry == ENTRY_IRQ) {
		n = tree_child(cur->parent, b->func, true, true);
		n->resume_call = cur->resume_call;
		n->resume_rep = cur->resume_rep;
		go(n, track_ticks);
		return;
	}
	n = tree_child(cur, b->func, true, cur->irq || b->entry == ENTRY_IRQ);
	n->resume_call = call_pending;
	n->resume_rep = last->rep_pc && (b->entry != ENTRY_FAULT || turn)
				? last->rep_pc
				: 0;
	call_pending = false;
	if (b->page_fault)
		cur->count[C_FAULTS]++;
	go(n, track_ticks);
}

/* What is rare: exceptions, interrupts, string instructions. */
static void slow(const struct block *b)
{
	bool again;
	int more = 0;

	if (track_ticks - start != last->insns || b->entry == ENTRY_FAULT)
		more = correct(b->entry);
	mark_ticks -= more;
	place(track_ticks - start + more);
	if (last->iret)
		leave_entry();
	again = b->rep_pc && b->rep_pc == b->pc &&
		(last->rep_pc == b->pc || resume_rep == b->pc);
	if (b->entry != ENTRY_NONE)
		enter(b);
	turn = again;
	resume_rep = 0;
}

/* The block belongs to another function than the one that executed. */
static void change(const struct block *b)
{
	if (call_pending && !b->user)
		go(tree_child(cur, b->func, false, cur->irq), track_ticks);
	else if (b->user)
		go(region->user, track_ticks);
	else if (cur->func == FUNC_USER)
		go(tree_child(cur, b->func, true, false), track_ticks);
	else if (cur->func == FUNC_ELSEWHERE)
		go(tree_child(cur, b->func, false, false), track_ticks);
	else if (track_calls && cur->parent->func == b->func && !b->at_start)
		go(cur->parent, track_ticks);
	else
		go(tree_child(cur->parent, b->func, cur->entry, cur->irq),
		   track_ticks);
	call_pending = false;
}

void track_block(unsigned int cpu, void *data)
{
	const struct block *b = data;

	(void)cpu;
	if (region) {
		if (b->special || last->special ||
		    track_ticks - start != last->insns) {
			slow(b);
		} else {
			place(last->insns);
			turn = false;
		}
		if (b->func != cur->func || call_pending)
			change(b);
		cur->count[C_CALLS] += b->at_start;
		space = cur->irq  ? SPACE_IRQ
			: b->user ? SPACE_USER
				  : SPACE_KERNEL;
		if (b->rep_pc && turn) {
			mark_ticks++; /* counted when it began */
			cur->count[C_TURNS]++;
			pass_turns++;
		} else if (b->rep_pc) {
			cur->count[C_STRING]++;
		}
	}
	last = b;
	linked = false;
	start = track_ticks;
	track_ticks += b->first;
}

/* @before: instructions of the block up to and with the marker. */
static void begin(uint32_t id, uint32_t before)
{
	uint64_t ticks = start + before;

	if (region) {
		error("nested regions: %u begins inside %u", id, region->id);
		return;
	}
	region = tree_region(id);
	cur = region->user;
	call_pending = turn = false;
	skip = before;
	space = SPACE_USER;
	resume_rep = 0;
	pass_insns = pass_turns = 0;
	mark(ticks);
	shadow_clear();
	/* At the end of a block: behind the marker that is in it. */
	cur->count[C_STRING] += last->rep_pc != 0;
}

static void end(uint32_t id, uint32_t before)
{
	if (!region || region->id != id) {
		error(region ? "region %u ends inside %u"
			     : "region %u ends and never began",
		      id, region ? region->id : 0);
		return;
	}
	settle(start + before);
	place(before);
	cur->count[C_STRING] -= last->rep_pc != 0;
	region->operations++;
	if (pass_insns < region->min_insn)
		region->min_insn = pass_insns;
	if (pass_insns > region->max_insn)
		region->max_insn = pass_insns;
	if (!passes)
		passes = calloc(MAX_PASSES, sizeof(*passes));
	if (passes && nr_passes < MAX_PASSES)
		passes[nr_passes++] =
			(struct pass){ id, pass_insns, pass_turns };
	else
		error("more than %u passes", MAX_PASSES);
	region = NULL;
}

void track_marker(unsigned int cpu, void *data)
{
	const struct mark *m = data;
	uint32_t id = MARKER_ID(m->value);

	(void)cpu;
	if (!last) {
		error("region %u: its marker comes before the one that arms the plugin",
		      id);
		return;
	}
	/* The block's other points come or came: count from its start. */
	if (MARKER_KIND(m->value) == MARKER_BEGIN)
		begin(id, m->before + 1);
	else if (MARKER_KIND(m->value) == MARKER_END)
		end(id, m->before);
}

void track_count(enum counter c)
{
	if (region)
		cur->count[c]++;
}

void track_event(unsigned int cpu, void *data)
{
	(void)cpu;
	track_count((enum counter)(uintptr_t)data);
}

/*
 * Accesses.  When the processor delivers an interrupt, QEMU 7.2 may hand what
 * it reads and pushes to the callbacks of an earlier instruction: these know
 * their block, and one that is not the last is not meant.
 */
void track_string(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	(void)cpu;
	(void)vaddr;
	/* movs loads and stores the same bytes. */
	if (region && data == last &&
	    (!last->movs || qemu_plugin_mem_is_store(info)))
		cur->count[C_BYTES] += 1u << qemu_plugin_mem_size_shift(info);
}

void track_access(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	(void)cpu;
	(void)vaddr;
	if (region && data == last)
		cur->count[qemu_plugin_mem_is_store(info) ? C_STORES
							  : C_LOADS]++;
}

/* The return address was pushed at @vaddr. */
void track_call(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	(void)cpu;
	if (!region || data != last || linked ||
	    !qemu_plugin_mem_is_store(info))
		return;
	linked = true;
	if (shadow_push(vaddr, cur))
		error("more kernel stacks or deeper calls than can be tracked");
	call_pending = true;
}

/* The return address was popped at @vaddr. */
void track_ret(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	struct node *caller;
	bool stranger;

	(void)cpu;
	if (!region || data != last || linked || qemu_plugin_mem_is_store(info))
		return;
	linked = true;
	caller = shadow_pop(vaddr, &stranger);
	if (!caller && stranger) /* to a task not seen in this region */
		caller =
			tree_child(&region->root, FUNC_ELSEWHERE, false, false);
	if (caller)
		go(caller, start + last->insns);
}

void track_accesses(const struct node *n, uint64_t count[NR_COUNTERS])
{
	count[C_LOADS] += track_probe ? n->writes - n->reads : n->reads;
	count[C_STORES] += track_probe ? n->reads : n->writes;
}

void track_end(void)
{
	if (region)
		error("the guest ended inside region %u", region->id);
}

const struct pass *track_passes(uint32_t *nr)
{
	*nr = nr_passes;
	return passes;
}
