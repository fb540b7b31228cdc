#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# MODE=native for a user that is not root: what needs root skips with its reason, the
# rest is measured, down to the report.  From a copy of the tree that is the user's.  TAP.
set -uo pipefail
# shellcheck source=tests/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
trap 'rm -rf "$tmp"' EXIT
plan=8
as=nobody
{ [ "$(id -u)" -eq 0 ] && id "$as" >/dev/null && command -v runuser >/dev/null; } 2>"$tmp/log" ||
	{ echo "1..0 # SKIP takes root, runuser and a user $as"; exit 0; }
scripts/initramfs.sh >/dev/null 2>>"$tmp/log"
chmod 711 "$tmp" # a folder below it is the user's
mkdir "$tmp/home"
{ git ls-files -co --exclude-standard -- Makefile scripts bench kernel-patches plots && find build/guest bench/still -type f; } |
	sort -u | cpio -pdm --quiet "$tmp/home/tree" 2>>"$tmp/log"
chown -R "$as" "$tmp/home"
tree=$tmp/home/tree results=$tmp/home/results

# user COMMAND...: as that user, with nothing of this environment.
user()
{
	(cd / && env -i PATH="$PATH" MMVS_CACHE="$tmp/home/cache" RESULTS="$results" MODE=native FORCE=1 PREFLIGHT_REST=0 SEEDS=1 RUN=user \
		CASES="fault-first-touch@map=private,pages=512 fault-first-touch@map=private,order=4 reclaim-proactive@map=private,share=25 scan-aging@map=private" \
		VARIANTS="private shmem" "${settings[@]}" runuser -u "$as" -- "$@") >>"$tmp/log" 2>&1
}
settings=()
user "$tree/scripts/run.sh" droppable
ok "a run as $as ends well"
jq -se 'length == 12 and all(.status != "failed") and ([.[] | select(.status == "skip") | .reason | length > 10] | all) and
	([.[] | select(.status == "ok").spec] | unique == ["fault-first-touch@pages=512"])' "$results"/user/cells/*/*/*/cell.json >>"$tmp/log" 2>&1
ok "faults are measured, what needs root or a memcg skips and says so"
[ "$(jq -r .reason "$results"/user/cells/private/*order=4/1/cell.json)" = "setting the folio order needs root" ]
ok "the reason is the case's own"
jq -e '.preflight[] | select(.check == "root") | .state == "warn"' "$results/user/run.json" >>"$tmp/log" 2>&1
ok "the run says that it was not root's"
user "$tree/scripts/report.sh" "$results/user" &&
	grep -q 'fault_p50. (ns, lower is better)' "$results/user/report.md" && grep -q 'needs root' "$results/user/report.md"
ok "the report has ns, and the skips with their reasons"
settings=(TUNE=1)
user "$tree/scripts/run.sh" droppable && ! compgen -G "$tmp/home/cache/settings/*.tsv" >>"$tmp/log" &&
	[ "$(jq -r '.native.tuned | length' "$results/user/run.json")" = 0 ]
ok "TUNE=1 sets nothing and leaves nothing to put back"
settings=(MMVS_CACHE=/nonexistent/cache)
! user "$tree/scripts/run.sh" droppable && grep -q 'MMVS_CACHE=/nonexistent/cache: nothing can be written there' "$tmp/log"
ok "a cache that cannot be written is named, with the setting"
settings=()
chown root "$tree/build/guest/.lock" "$tree/build/guest"
! user "$tree/scripts/run.sh" droppable && grep -q 'build/guest/.lock: cannot be written (.*); work in a checkout' "$tmp/log"
ok "so is a checkout that is another user's"
echo "1..$plan"
