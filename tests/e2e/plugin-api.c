// SPDX-License-Identifier: GPL-2.0-only
/*
 * A QEMU that is not there: load mmcount.so and install it with the API
 * version and the options given.  plugin-api MMCOUNT.SO VERSION MIN [OPTION...];
 * exit status of install.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../bench/plugin/api.h"

typedef int (*install_fn)(uint64_t id, const struct api_info *info, int argc,
			  char **argv);

int main(int argc, char **argv)
{
	struct api_info info = { .target_name = "x86_64",
				 .system_emulation = true,
				 .system = { 1, 1 } };
	install_fn install;
	void *so;

	if (argc < 4)
		return 99;
	so = dlopen(argv[1], RTLD_LAZY);
	if (!so) {
		fprintf(stderr, "%s\n", dlerror());
		return 99;
	}
	install = (install_fn)dlsym(so, "qemu_plugin_install");
	if (!install)
		return 99;
	info.version.cur = atoi(argv[2]);
	info.version.min = atoi(argv[3]);
	return install(1, &info, argc - 4, argv + 4);
}
