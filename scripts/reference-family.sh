# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # reference.sh's variables
# What the reference has of a whole family beside any run: matrix and static cost.
# reference.sh sources it.

# family_in DIR: whose conform/ or static/ that is.
family_in()
{
	local family
	family=$(cat "$1/family")
	check_name family "$family"
	echo "$family"
}

take_static()
{
	local family static
	[ -s "$run/static/static.tsv" ] || die "$run/static/static.tsv is missing; 'make stacks-check RUN=$(basename "$run")' makes it"
	family=$(family_in "$run/static")
	static=$to/static/$family
	mkdir -p "$static"
	touch "$static/static.tsv"
	instead_of 1 "$static/static.tsv" "$run/static/static.tsv" >"$static/static.tsv.new"
	mv "$static/static.tsv.new" "$static/static.tsv"
	mmcompare --page static "$static" || note "some stacks are not clean"
	note "$static holds $(cut -f 1 "$static/static.tsv" | sort -u | grep -vcx variant) stacks"
}

# The matrix of this run's family, whole; other families' stay.
take_conform()
{
	local family new
	[ -s "$run/conform/matrix.tsv" ] || die "$run/conform/matrix.tsv is missing: 'make conform RUN=$(basename "$run")' has not ended"
	family=$(family_in "$run/conform")
	new=$to/conform/$family.new
	rm -rf "$new"
	mkdir -p "$new"
	cp "$run"/conform/{columns.tsv,config,family} "$run"/conform/*.tap "$new/"
	mmcompare --page conform "$new" || true
	[ -s "$new/matrix.txt" ] || die "$new: no matrix (above is why)"
	rm "$new/matrix.txt"
	rm -rf "${new%.new}"
	mv -T "$new" "${new%.new}"
	note "${new%.new} holds $(wc -l <"${new%.new}/columns.tsv") boots"
}

# What the family's stacks cost, when the run itself has not asked: the reference's
# report is of all that the reference has.
add_static()
{
	local family static
	! grep -qx '## Static cost' "$to/report.md" || return 0
	family=$(jq -r .family "$run/run.json")
	check_name family "$family"
	static=$to/static/$family
	[ -s "$static/static.tsv" ] || { note "no static checks of $family, so no static cost in the report ('make stacks-check', reference.sh RUN_DIR static)"; return 0; }
	mmcompare --page static "$static" || true
	cat "$static/static.md" >>"$to/report.md"
	cat "$static/static.txt" >>"$to/mail-full.txt"
}

# The same before the report is taken: the decision is by all that there is.
lend_static()
{
	local from family
	family=$(jq -r .family "$run/run.json")
	from=$to/static/$(basename "$family")
	[[ -s $run/report.html && ! -s $run/static/static.tsv && -s $from/static.tsv ]] || return 0
	mkdir -p "$run/static"
	cp "$from/static.tsv" "$run/static/"
	"$MMVS_TOP/scripts/report.sh" "$run" >/dev/null
}
