/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mmcount uses of QEMU's plugin interface, declared from its public
 * documentation (docs/devel/tcg-plugins); Debian packages no header.
 *
 * Version 1, that of QEMU 7.2 (tested here) and 8.x, and no other: a plugin
 * names one version, and QEMU 9.0, which brought version 2, raised the minimum
 * to 2 with it.  It refuses mmcount.so by itself and names both numbers;
 * known() does where QEMU does not.  Version 2 has inline additions for
 * counters of its own only (one a CPU), version 3 copies an instruction's bytes
 * out: support means a second set of declarations, and a QEMU to test it with.
 * What later versions lack is weak, so that they get as far as refusing.
 */
#ifndef MMCOUNT_API_H
#define MMCOUNT_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define API_VERSION 1
#define API_EXPORT __attribute__((visibility("default")))
#define API_WEAK __attribute__((weak))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

/* qemu_info_t */
struct api_info {
	const char *target_name;
	struct {
		int min, cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus, max_vcpus;
	} system;
};

enum api_cb_flags {
	API_CB_NO_REGS
};
enum api_mem_rw {
	API_MEM_R = 1,
	API_MEM_W,
	API_MEM_RW
};
enum api_op {
	API_INLINE_ADD_U64
};

typedef void (*api_tb_cb)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*api_exec_cb)(unsigned int cpu, void *data);
typedef void (*api_mem_cb)(unsigned int cpu, uint32_t info, uint64_t vaddr,
			   void *data);

/* Ours, called by QEMU. */
extern int qemu_plugin_version;
int qemu_plugin_install(uint64_t id, const struct api_info *info, int argc,
			char **argv);

void qemu_plugin_outs(const char *string);
void qemu_plugin_reset(uint64_t id, void (*cb)(uint64_t id));
void qemu_plugin_register_atexit_cb(uint64_t id, void (*cb)(uint64_t, void *),
				    void *data);

/* Translation: the handles live as long as the callback. */
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, api_tb_cb cb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

/* Execution: before the block, before the instruction, after an access. */
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  api_exec_cb cb, enum api_cb_flags f,
					  void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    api_exec_cb cb, enum api_cb_flags f,
					    void *data);
API_WEAK void qemu_plugin_register_vcpu_insn_exec_inline(
	struct qemu_plugin_insn *insn, enum api_op op, void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      api_mem_cb cb, enum api_cb_flags f,
				      enum api_mem_rw rw, void *data);
API_WEAK void
qemu_plugin_register_vcpu_mem_inline(struct qemu_plugin_insn *insn,
				     enum api_mem_rw rw, enum api_op op,
				     void *ptr, uint64_t imm);

/* Of an access: log2 of its size, its direction, its physical address. */
unsigned int qemu_plugin_mem_size_shift(uint32_t info);
bool qemu_plugin_mem_is_store(uint32_t info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info,
						  uint64_t vaddr);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *addr);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *addr);

#endif
