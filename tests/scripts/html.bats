#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# report.html in a browser: nothing is asked for, nothing runs that is not ours, what
# came from data is text.

load helper

evil='</title></script><script>document.title="pw"+"ned"</script><img src="http://mmvs.invalid/x" onerror="document.title=1">&amp;"'\'

setup()
{
	own_cache
	run_dir=$BATS_TEST_TMPDIR/run
	"$top/tests/golden/make-run.sh" "$run_dir"
	page=$run_dir/report.html
}

# Evil text in every place that text can come from.
poison()
{
	local cell=$run_dir/cells/pte-dirty-vma/fault-first-touch@map=droppable
	jq --arg e "$evil" '.variants |= map(.title = $e | .mechanism = $e | .expect = $e | .patches = [$e] | .commit = $e)
		| .toolchain = $e | .command = $e | .date = $e | .name = $e | .family = $e | .qemu = $e
		| .config_differs = [{option: "CONFIG_A", values: {"swapbacked-flag": $e, "pte-dirty-vma": "n", "lazyfree-always": "y"}}]' \
		"$run_dir/run.json" >"$run_dir/new"
	mv "$run_dir/new" "$run_dir/run.json"
	jq --arg e "$evil" '.status = "failed" | .reason = $e' "$cell/2/cell.json" >"$run_dir/new"
	mv "$run_dir/new" "$cell/2/cell.json"
	printf 'fork\tpte-dirty-vma\tmglru\tFAIL\t1\t1\t0\t%s\n' "$evil" >>"$run_dir/conform/matrix.tsv"
	mkdir -p "$run_dir/static" "$run_dir/profile/diff/fault-first-touch@map=droppable"
	printf 'variant\tcheck\tresult\tvalue\twhy\npte-dirty-vma\t%s\tFAIL\t%s\t%s\n' "$evil" "$evil" "$evil" >"$run_dir/static/static.tsv"
	printf 'variant\t%s\nswapbacked-flag\t%s\n' "$evil" "$evil" >"$run_dir/profile/diff/fault-first-touch@map=droppable/bars.tsv"
	for seed in 1 3; do printf '# mmvs-counters 1\ncounter\tbefore\tafter\tdelta\n%s\t0\t7\t7\n' "$evil" >"$cell/$seed/counters.tsv"; done
	printf '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="pwned"</script></svg>' >"$run_dir/plots/reclaim-proactive-map-droppable-share-25.svg"
	printf '# mmvs-ecdf 1\nspec\tmetric_column\tvariant\tvalue\tfraction\nfault-first-touch@map=droppable\t%s\t%s\t1\t0.5\nfault-first-touch@map=droppable\t%s\t%s\t9\t1\n' \
		"$evil" "$evil" "$evil" "$evil" >"$run_dir/ecdf.tsv"
}

make_page()
{
	printf 'fault: fault-*:fault_p50\nreclaim cost: reclaim-*:cost*\n' >"$run_dir/criteria"
	make -s -C "$top/bench/host" O="$top/build/host"
	"$top/build/host/mmcompare" "$run_dir" --format html >"$page"
}

browser()
{
	command -v chromium >/dev/null || skip "no chromium here (Debian: apt-get install chromium)"
	HOME=$BATS_TEST_TMPDIR timeout 120 chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$BATS_TEST_TMPDIR/profile" --disable-background-networking --virtual-time-budget=5000 \
		--enable-logging=stderr --log-net-log="$BATS_TEST_TMPDIR/net" --window-size=1400,900 --dump-dom "file://$1" \
		>"$BATS_TEST_TMPDIR/dom" 2>"$BATS_TEST_TMPDIR/log"
}

# What the page itself is found to ask for, and to complain about.
requests() { grep -oE 'https?://mmvs\.invalid[^"]*' "$BATS_TEST_TMPDIR/net" | sort -u; }
complaints() { grep -E 'CONSOLE.*(rror|violat|efused|Uncaught)' "$BATS_TEST_TMPDIR/log"; }

# with_script TEXT: the page as it is, but that a script of the test is let in.
with_script()
{
	sed 's/<meta http-equiv[^>]*>//' "$page" >"$BATS_TEST_TMPDIR/probe.html"
	grep -q 'http-equiv' "$BATS_TEST_TMPDIR/probe.html" && return 1
	sed -i "s@</body>@<script>$1</script></body>@" "$BATS_TEST_TMPDIR/probe.html"
	browser "$BATS_TEST_TMPDIR/probe.html"
}

title() { grep -o '<title>[^<]*' "$BATS_TEST_TMPDIR/dom" | head -n 1; }

@test "control: what the tests below look for is seen where it is" {
	printf '<title>a</title><img src="http://mmvs.invalid/x"><script>document.title="pwned"; throw Error("x")</script>' >"$BATS_TEST_TMPDIR/bad.html"
	browser "$BATS_TEST_TMPDIR/bad.html"
	[ "$(title)" = '<title>pwned' ]
	[ -n "$(requests)" ]
	[ -n "$(complaints)" ]
}

@test "headings, tables and drawings are there; no console error, no request" {
	make_page
	browser "$page"
	cat "$BATS_TEST_TMPDIR/log"
	[ -z "$(complaints)" ]
	[ -z "$(requests)" ]
	for id in decision forest conformance static cases noise cells limits provenance raw; do
		grep -q "<h2 id=\"$id\"" "$BATS_TEST_TMPDIR/dom"
	done
	grep -q '<h3 id="says"' "$BATS_TEST_TMPDIR/dom"
	[ "$(grep -o '<table' "$BATS_TEST_TMPDIR/dom" | wc -l)" -gt 8 ]
	grep -q 'svg class="fx"' "$BATS_TEST_TMPDIR/dom"
	grep -q 'svg class="plot"' "$BATS_TEST_TMPDIR/dom"
	grep -q 'pte-dirty-vma! against swapbacked-flag: ' "$BATS_TEST_TMPDIR/dom"
	# The script ran: CSP knows it by its hash.
	grep -q '<th scope="col"><button type="button">criterion' "$BATS_TEST_TMPDIR/dom"
}

@test "no address but of files beside it, nothing that loads" {
	make_page
	! grep -nE '(src|href|action|srcset|data|poster)=["'\'']?(https?:|//|ftp:|javascript:)' "$page"
	! grep -nE '<(link|iframe|object|embed|base|form|audio|video)|@import|url\(' "$page"
	[ "$(grep -c '<script' "$page")" -eq 1 ]
	[ "$(wc -c <"$page")" -lt 1000000 ]
}

@test "the script has the hash that lets it run" {
	make_page
	hash=$(python3 -c 'import base64, hashlib, re, sys
print(base64.b64encode(hashlib.sha256(re.search("<script>(.*?)</script>", open(sys.argv[1]).read(), re.S)[1].encode()).digest()).decode())' "$page")
	grep -qF "'sha256-$hash'" "$page"
}

@test "findings without criteria are lists in lists, as deep as they are said" {
	make_page
	rm "$run_dir/criteria"
	"$top/build/host/mmcompare" "$run_dir" --format html >"$page"
	findings=$(sed -n '/^<p>No criteria are known/,/^<h2/p' "$page" | paste -sd ' ')
	[[ $findings == *"key metrics: <ul> <li>better: <ul> <li>overshoot of "*"</li> </ul> </li> <li>worse: <ul> <li>fault_p50 of "* ]]
	[ "$(grep -o '<ul>\|<li>' <<<"$findings" | sort | uniq -c)" = "$(grep -o '</ul>\|</li>' <<<"$findings" | tr -d / | sort | uniq -c)" ]
}

@test "evil text is text, wherever it comes from" {
	poison
	make_page
	[ "$(grep -o '&lt;/title&gt;&lt;/script&gt;&lt;script&gt;' "$page" | wc -l)" -ge 25 ]
	[ "$(grep -c '<script' "$page")" -eq 1 ]
	! grep -q '<img src="http' "$page"
	browser "$page"
	[[ $(title) != *pwned* && $(title) != '<title>1'* ]]
	[ -z "$(requests)" ]
	[ -z "$(complaints)" ]
	[ "$(grep -c 'data:image/svg' "$BATS_TEST_TMPDIR/dom")" -ge 1 ]
	# Nor by the other road: with no policy to stop it, nothing of it runs either.
	with_script 'document.title += " " + document.scripts.length + " " + document.images.length'
	echo "$(title)"
	[[ $(title) == *" 2 1" ]]
}

@test "tables sort by a click, numbers as numbers, and say so" {
	make_page
	with_script 'const t = [...document.querySelectorAll("table")].find(t => t.tHead \&\& t.tHead.textContent.includes("median")); const b = t.querySelectorAll("th button")[2]; b.click(); const v = () => [...t.tBodies[0].rows].map(r => parseFloat(r.cells[2].textContent)); const up = v(); b.click(); const down = v(); document.title = JSON.stringify([up.every((x, i) => !i || up[i - 1] <= x), down.every((x, i) => !i || down[i - 1] >= x), b.parentNode.getAttribute("aria-sort"), new Set(up).size > 1])'
	echo "$(title)"
	[ "$(title)" = '<title>[true,true,"descending",true]' ]
}

@test "400 columns of pixels are enough: tables scroll in boxes of their own" {
	make_page
	with_script 'document.documentElement.style.width = "400px"; const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > 401 \&\& !e.closest(".scroll") \&\& !e.closest("figure") \&\& !e.closest(".skip")); document.title = wide.length || document.querySelectorAll(".scroll:not([tabindex])").length ? "too wide " + wide[0].outerHTML.slice(0, 80) : "fits"'
	echo "$(title)"
	[ "$(title)" = '<title>fits' ]
}

@test "a reader of screens: languages, names of tables and pictures, one h1" {
	make_page
	with_script 'document.title = JSON.stringify([document.documentElement.lang, document.querySelectorAll("h1").length, [...document.querySelectorAll("svg")].every(s => s.getAttribute("aria-label")), [...document.querySelectorAll("img")].every(i => i.alt), [...document.querySelectorAll(".scroll")].every(s => s.getAttribute("aria-label")), new Set([...document.querySelectorAll("[id]")].map(e => e.id)).size == document.querySelectorAll("[id]").length, [...document.querySelectorAll("a[href^=\\"#\\"]")].every(a => document.getElementById(a.getAttribute("href").slice(1)))])'
	echo "$(title)"
	[ "$(title)" = '<title>["en",1,true,true,true,true,true]' ]
}

@test "--bare has no link to cells; report.sh writes the page" {
	make_page
	grep -q 'href="cells/' "$page"
	"$top/build/host/mmcompare" "$run_dir" --format html --bare >"$BATS_TEST_TMPDIR/bare"
	! grep -q 'href="cells/\|href="ecdf' "$BATS_TEST_TMPDIR/bare"
	rm -r "$page" "$run_dir"/{conform,plots}
	jq '.specs = .specs[:1]' "$run_dir/run.json" >"$run_dir/new"
	mv "$run_dir/new" "$run_dir/run.json"
	"$scripts/report.sh" "$run_dir"
	[ -s "$page" ]
	grep -q '</html>' "$page"
}
