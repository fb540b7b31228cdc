# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # metal-boot.sh's plan and root
# Sourced by metal-boot.sh: the units that carry a plan over the boots.

units=(mmvs-metal-next mmvs-metal-measure mmvs-metal-limit)
units_dir=$root/etc/systemd/system

# unit NAME CONDITION MORE: a service that metal-boot.sh is, after all others.
unit()
{
	cat >"$units_dir/mmvs-metal-$1.service" <<END
[Unit]
Description=mmvs: $1 ($plan)
After=multi-user.target
$2
[Service]
Type=exec
ExecStart=$plan/tree/scripts/metal-boot.sh $1 $plan
StandardOutput=journal+console
StandardError=journal+console
[Install]
WantedBy=multi-user.target
END
}

units_install()
{
	local file=$units_dir/mmvs-metal-next.service
	[[ ! -e $file ]] || grep -qF "($plan)" "$file" || die "$file: another plan is on its way here; STOP=1 with its RUN= ends that"
	unit next 'ConditionKernelCommandLine=!mmvs.boot
ConditionKernelCommandLine=!mmvs.stop'
	# Whatever becomes of a boot that was measured, the distribution's kernel is next.
	unit measure 'ConditionKernelCommandLine=mmvs.boot
SuccessAction=reboot
FailureAction=reboot-force'
	# The same for one that gets nowhere: the root is not found, nobody comes to an end.
	cat >"$units_dir/mmvs-metal-limit.service" <<END
[Unit]
Description=mmvs: the time that a boot may take ($plan)
DefaultDependencies=no
ConditionKernelCommandLine=mmvs.boot
FailureAction=reboot-force
[Service]
Type=exec
ExecStart=/bin/sh -c 'sleep $(conf "$plan/plan.conf" limit); exit 1'
[Install]
WantedBy=sysinit.target emergency.target
END
	: >"$plan/started"
	systemctl daemon-reload
	systemctl --quiet enable "${units[@]}"
}

units_remove()
{
	[ -e "$plan/started" ] || return 0
	systemctl --quiet disable "${units[@]}" 2>/dev/null || true
	(cd "$units_dir" && rm -f "${units[@]/%/.service}")
	rm -f "$plan/started"
	systemctl daemon-reload
}
