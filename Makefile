# SPDX-License-Identifier: GPL-2.0-only
# mmvs: alternative patch stacks for one mm change, measured side by side.
# 'make help' shows the targets; scripts/ does the work.

# Kernels that are no stacks of a family are compared in a family of their own.
FAMILY ?= $(if $(if $(VARIANTS),,droppable)$(filter-out kernel:% ref:% mbox:% patches:%,$(VARIANTS)),droppable,kernels)
RESULTS ?= $(CURDIR)/results
SEEDS ?= 5
# What watches itself is no figure's kernel, and faster so (scripts/conform.sh).
MODE ?= $(if $(filter debug,$(CONFIG)),tcg,icount)
export FAMILY SEEDS MAX_SEEDS MODE VARIANTS BASELINE CASES JOBS KERNEL_SRC KERNEL RUN RESULTS FRESH CONFIG PROPERTY LRUS SELFTESTS PERF STEPS GOOD BAD METRIC THRESHOLD HOSTS ENGINE MMVS_CACHE

# The run that report works on: RUN=, or the newest.
run_dir = $(if $(RUN),$(RESULTS)/$(RUN),$(shell ls -td "$(RESULTS)"/*/run.json 2>/dev/null | grep -v reference/ | head -n 1 | xargs -rd '\n' dirname))

.DEFAULT_GOAL := help
.NOTPARALLEL:

help: ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  FAMILY=$(FAMILY) (or a folder anywhere)  CASES=quick (default), full or \"glob ...\""
	@echo "  VARIANTS=\"a b\" or all (default: family.conf), each a stack's name, kernel:7.3, ref:branch,"
	@echo "    mbox:FILE or patches:DIR; the first of those is the baseline, or BASELINE="
	@echo "  KERNEL_SRC=git tree, directory or tarball of Linux 6.1 or later, or KERNEL=6.12 (a Debian package)"
	@echo "  STEPS=1 (VARIANTS=one stack, mbox: or patches:, after each of its patches)"
	@echo "  SEEDS=$(SEEDS) (auto: until all is decided, MAX_SEEDS=12)  MODE=$(MODE) (kvm; tcg: an emulator's time; native: this kernel, CPU=, TUNE=1, FORCE=1;\n    metal: variant kernels on this machine, REBOOT=1, STOP=1)  JOBS=cores  RUN=name  FRESH=1  PERF=auto (on, off)"
	@echo "  VM_PLACE=on (off; MODE=kvm: vCPUs pinned, memory bound)  VM_HUGE=2M (1G)  VM_NUMA=host"
	@echo "  HOSTS=file (run, bench: on those machines; a file for parallel --sshloginfile)"
	@echo "  ENGINE=local (slurm: run, bench, plan through sbatch, which takes its own SBATCH_PARTITION=, ...)"
	@echo "  CONFIG=small (debug: kernels that watch themselves; align64, shuffle: another layout of the same code;"
	@echo "    host: what this machine's kernel has, loaded modules built in; HOST_CONFIG=, LSMOD= of another)"
	@echo "  PROPERTY=number  LRUS=\"mglru classic\"  SELFTESTS=0 (conform: only this one, under these, without the kernel's own)"
	@echo "  RESULTS=$(RESULTS)  MMVS_CACHE=~/.cache/mmvs"

deps: ## install missing Debian packages (root or sudo)
	@exec scripts/deps.sh

bench: deps ## set up, build, boot, measure, compare, draw: everything
	@exec scripts/bench.sh

kernels: deps ## build the kernel of each variant
	@exec scripts/kernels.sh

initramfs: deps ## build mmbench and pack the guest's userland
	@exec scripts/initramfs.sh

plan: deps ## what make run would do with the same variables: kernels, cells, time; builds and boots nothing
	@exec scripts/plan.sh "$(FAMILY)"

run: deps ## measure; RUN=name, FRESH=1 to measure again
	@exec scripts/run.sh "$(FAMILY)"

conform: deps ## judge every variant: property by property, under both LRUs; PROPERTY=number, CONFIG=debug
	@exec scripts/conform.sh "$(FAMILY)"

stacks-check: deps ## what each stack costs to carry, and is it clean: checkpatch, sparse, W=1, every step builds
	@exec scripts/stacks-check.sh "$(FAMILY)"

profile: deps ## where the difference is: instructions per kernel function, counted in QEMU
	@exec scripts/profile.sh "$(FAMILY)"

bisect: deps ## which commit moves METRIC=case:metric between GOOD= and BAD=
	@exec scripts/bisect.sh "$(FAMILY)"

report: deps ## tables, pictures and mail of RUN= (default the newest); no boot
	@exec scripts/report.sh "$(or $(run_dir),$(RESULTS)/none)"

mail: ## the text for a mail of RUN= (default the newest), about 80 lines; FULL=1: all of it; TO_STACK=name: in a copy of its cover letter
	@$(if $(TO_STACK),FULL="$(FULL)" scripts/mail-stack.sh "$(or $(run_dir),$(RESULTS)/none)" "$(TO_STACK)",cat "$(or $(run_dir),$(RESULTS)/none)/mail$(if $(FULL),-full).txt")

bundle: ## RUN= as one file, RUN.tar.zst, the same bytes each time: samples, report, stacks, hashes
	@exec scripts/bundle.sh "$(or $(run_dir),$(RESULTS)/none)"

verify: ## BUNDLE=file: are its hashes right, and its tables what its samples say?
	@exec scripts/verify.sh "$(BUNDLE)"

compare: deps ## RUN_A= against RUN_B=, the same variants in two runs: of two kernels, machines or days; RUNS="host1 host2": within each host, then over all
	@RUN_A="$(RUN_A)" RUN_B="$(RUN_B)" RUNS="$(RUNS)" exec scripts/compare.sh

bridge: deps ## the same cases counted in QEMU and by a PMU (MODE=native or kvm): instructions side by side; RUN_B=: a run in time that is there
	@RUN_B="$(RUN_B)" exec scripts/bridge.sh "$(FAMILY)"

history: deps ## METRIC=case:metric over all runs: a table and a picture; RUNS="a b"
	@exec scripts/history.sh

reproduce: deps ## BUNDLE=file: measure again what it holds, and compare sample by sample; TRUST=1: with its own patches
	@exec scripts/reproduce.sh "$(BUNDLE)"

preflight: deps ## is this machine fit to measure time? each check with why and how; MODE=native or kvm
	@exec scripts/preflight.sh

calibrate: deps ## what is found of planted effects of 1 to 64 instructions, and of none
	@exec scripts/calibrate.sh

bench-self: deps ## how long mmvs itself takes: kernel after an edit, cell, report; COLD=1: an empty cache too
	@exec scripts/bench-self.sh

docs: ## the figures in README and covers, from the committed run
	@exec scripts/docs.sh

list: initramfs ## what can be measured and judged: cases, options, metrics, properties
	@build/guest/mmbench --list
	@printf '\nProperties (make conform PROPERTY=number): number, name, what it is about.\n'
	@build/guest/mmconform --list

test: deps ## all tests, as TAP under prove
	@exec scripts/test.sh

test-kernels: deps ## the releases of kernel-patches/kernels build, boot and measure; an hour
	@exec scripts/test.sh kernels

check: deps ## shellcheck, clang-format, SPDX, gcc -fanalyzer, checkpatch: the static tests alone
	@exec scripts/test.sh static

coverage: deps ## which lines of bench/host the unit and golden tests run; less than 90 % fails
	@exec tests/coverage.sh

hooks: ## let git run the static tests before each commit here
	@exec scripts/pre-commit.sh --install

clean: ## remove what was built here; results and the cache stay
	rm -rf build

.PHONY: help deps bench kernels initramfs plan run conform stacks-check profile bisect report mail bundle verify compare bridge history reproduce preflight calibrate bench-self docs list test test-kernels check coverage hooks clean
