#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Names each $(...) whose failure nobody sees: in an argument, a test, a here-string, an
# array, or before another one in an assignment.  Seen is what ends its assignment (set -e
# ends the script), and what says itself what a failure means (|| or 2>/dev/null within).
# Words for people (die, note) may come out shorter.
#
# Usage: lost-status.pl SCRIPT...
use strict;
use warnings;

# What fails only where the line before it has: filters of text, what prints a variable.
my @pure = qw(awk basename cat conf count cut date digest dirname free_mib get grep head id
	in_memory list nproc numfmt paste printf echo rest_state said sed seq setting shape
	shape_of stat subject_of tail tr uname wc command_line native_command CODENAME REPO_URI);
my $pure = join '|', @pure;

# From behind "$(" to its ")": quotes and nested parentheses passed over.
sub inside {
	my ($text, $at) = @_;
	my ($depth, $i) = (1, $at);
	for (; $i < length $text && $depth; $i++) {
		my $c = substr $text, $i, 1;
		if ($c eq '\\') { $i++ }
		elsif ($c eq "'" and substr($text, 0, $i) !~ /\$$/) {
			my $end = index $text, "'", $i + 1;
			$i = $end if $end > 0;
		}
		elsif ($c eq '(') { $depth++ }
		elsif ($c eq ')') { $depth-- }
	}
	return substr $text, $at, $i - $at - 1;
}

my $found = 0;
for my $file (@ARGV) {
	open my $in, '<', $file or die "$file: $!\n";
	my $text = join '', <$in>;
	$text =~ s/^(\s*)#.*$/$1/mg;
	while ($text =~ /\$\((?!\()/g) {
		my $at = pos $text;
		my $body = inside($text, $at);
		my $start = rindex($text, "\n", $at - 3) + 1;
		my $before = substr $text, $start, $at - 2 - $start;
		my $after = substr $text, $at + length($body) + 1;
		$after =~ s/\n.*//s;
		next if $body =~ /\|\||2>\s*\/dev\/null|^</ || $body =~ /^(\[ |($pure)\b)/;
		next if $body =~ /^(for|while|if|case)\b|^\w [-+] \d$/; # what is in it is looked at; awk's
		next if $before =~ /\b(die|note|usage)\s/;
		# name=$(...), alone or last on its line
		next if $before =~ /(^|[;&|(){]|\b(then|do|else|if|elif|while|export|local))\s*(!\s*)?(\w+\+?=\S*\s+)*[A-Za-z_]\w*(\[[^]]*\])?\+?=("[^"]*|[^"\s(]*)$/ && $after =~ /^[^\s"\$]*"?\s*($|\|\||&&|;|#|\)|\}|-)/;
		my $line = 1 + (substr($text, 0, $at) =~ tr/\n//);
		(my $said = "\$($body)") =~ s/\s+/ /g;
		printf "%s:%d: %.100s\n", $file, $line, $said;
		$found = 1;
	}
}
exit $found;
