// SPDX-License-Identifier: GPL-2.0-only
/*
 * A differential flame graph as a plain SVG: a box is a function below its
 * callers, as wide as the larger of its two costs; red costs more in B, blue
 * less, in proportion.  Numbers stand in the boxes' titles.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"

#define WIDTH 1200.0
#define MARGIN 10.0
#define ROW 17
#define HEAD 62
#define MIN_WIDTH 0.6
#define CHAR_WIDTH 6.6
#define MAX_DEPTH 200
#define MAX_BOXES (1u << 20)

struct box {
	char *name;
	struct box *children, *sibling;
	double self[2], all[2], width;
};

static size_t nr_boxes;

static struct box *child(struct box *parent, const char *name)
{
	struct box **link = &parent->children, *b;
	int order = 1;

	for (; (b = *link); link = &b->sibling) {
		order = strcmp(b->name, name);
		if (order >= 0)
			break;
	}
	if (b && !order)
		return b;
	b = nr_boxes++ < MAX_BOXES ? calloc(1, sizeof(*b)) : NULL;
	if (!b)
		return NULL;
	b->name = strdup(name);
	b->sibling = *link;
	*link = b;
	return b->name ? b : NULL;
}

/* "region;caller;function 123" into the tree; 0 or -EINVAL. */
static int take(struct box *root, char *line, const struct profile *p, int side)
{
	char *count = strrchr(line, ' '), *save;
	const struct ops *ops = NULL;
	struct box *b = root;
	uint64_t insn;
	int depth = 0;

	line[strcspn(line, "\n")] = '\0';
	if (!count)
		return -EINVAL;
	*count++ = '\0';
	if (!parse_count(count, &insn))
		return -EINVAL;
	for (char *name = strtok_r(line, ";", &save); name;
	     name = strtok_r(NULL, ";", &save)) {
		if (!ops)
			ops = profile_ops(p, name);
		if (!ops || ++depth > MAX_DEPTH || strlen(name) > MAX_NAME)
			return -EINVAL;
		b = child(b, name);
		if (!b)
			return -EINVAL;
	}
	if (!ops)
		return -EINVAL;
	b->self[side] += (double)insn / (double)ops->count;
	return 0;
}

static int load(struct box *root, const struct profile *p, int side, char *why,
		size_t size)
{
	char path[4096], *line = malloc(MAX_LINE);
	int err = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/folded%s.txt", p->dir, p->view);
	f = fopen(path, "re");
	if (!f || !line) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		free(line);
		if (f)
			fclose(f);
		return -ENOENT;
	}
	for (size_t nr = 1; !err && fgets(line, MAX_LINE, f); nr++) {
		err = take(root, line, p, side);
		if (err)
			snprintf(why, size, "%s:%zu: not a folded stack", path,
				 nr);
	}
	free(line);
	fclose(f);
	return err;
}

/* Sums and widths from the leaves up; returns the depth. */
static int measure(struct box *b)
{
	int deepest = 0;

	b->all[0] = b->self[0];
	b->all[1] = b->self[1];
	b->width = fmax(b->self[0], b->self[1]);
	for (struct box *c = b->children; c; c = c->sibling) {
		int depth = measure(c);

		if (depth > deepest)
			deepest = depth;
		b->all[0] += c->all[0];
		b->all[1] += c->all[1];
		b->width += c->width;
	}
	return deepest + 1;
}

static void put_text(FILE *out, const char *text, size_t most)
{
	for (size_t i = 0; text[i] && i < most; i++) {
		switch (text[i]) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(text[i] < ' ' || text[i] > '~' ? '?' : text[i],
			      out);
		}
	}
}

/* White for no difference, towards @full red or blue. */
static void put_colour(FILE *out, double diff, double full)
{
	double part = full > 0 ? fmin(1, sqrt(fabs(diff) / full)) : 0;
	int fade = (int)(235 - 165 * part);

	if (fabs(diff) < 0.005)
		fputs("rgb(228,228,228)", out);
	else if (diff > 0)
		fprintf(out, "rgb(240,%d,%d)", fade, fade);
	else
		fprintf(out, "rgb(%d,%d,240)", fade, fade);
}

static void put_box(FILE *out, const struct box *b, double x, int depth,
		    int depths, double scale, double full)
{
	double w = b->width * scale, y = HEAD + (depths - depth) * ROW;

	if (w < MIN_WIDTH)
		return;
	fputs("<g><title>", out);
	put_text(out, b->name, MAX_NAME);
	fprintf(out,
		": A %.2f, B %.2f, difference %+.2f (self %+.2f)</title><rect x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%d\" fill=\"",
		b->all[0], b->all[1], b->all[1] - b->all[0],
		b->self[1] - b->self[0], x, y, w, ROW - 1);
	put_colour(out, b->all[1] - b->all[0], full);
	fputs("\" stroke=\"#ffffff\" stroke-width=\"0.5\"/>", out);
	if (w > 4 * CHAR_WIDTH) {
		fprintf(out, "<text x=\"%.2f\" y=\"%.0f\">", x + 3, y + 12);
		put_text(out, b->name, (size_t)((w - 4) / CHAR_WIDTH));
		fputs("</text>", out);
	}
	fputs("</g>\n", out);
	for (const struct box *c = b->children; c; c = c->sibling) {
		put_box(out, c, x, depth + 1, depths, scale, full);
		x += c->width * scale;
	}
}

static void free_box(struct box *b)
{
	while (b) {
		struct box *next = b->sibling;

		free_box(b->children);
		free(b->name);
		free(b);
		b = next;
	}
}

/* The largest difference of a function: full colour. */
static double largest(const struct box *b)
{
	double most = fabs(b->all[1] - b->all[0]);

	for (const struct box *c = b->children; c; c = c->sibling)
		most = fmax(most, largest(c));
	return most;
}

int flame_draw(FILE *out, const struct profile *a, const struct profile *b,
	       const char *title, char *why, size_t size)
{
	struct box root = { .name = (char *)"all" };
	int depths, height, err;

	nr_boxes = 0;
	err = load(&root, a, 0, why, size);
	if (!err)
		err = load(&root, b, 1, why, size);
	if (err)
		goto out_free;
	depths = measure(&root);
	height = HEAD + (depths + 1) * ROW;
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- SPDX-License-Identifier: GPL-2.0-only -->\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\" viewBox=\"0 0 %.0f %d\" font-family=\"monospace\" font-size=\"11\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n<text x=\"%.0f\" y=\"22\" font-size=\"15\">",
		WIDTH, height, WIDTH, height, MARGIN);
	put_text(out, title, 200);
	fprintf(out,
		"</text>\n<text x=\"%.0f\" y=\"42\" fill=\"#444444\">guest instructions per operation: A %.2f, B %.2f, difference %+.2f; red more in B, blue less; a box's title has its numbers</text>\n",
		MARGIN, root.all[0], root.all[1], root.all[1] - root.all[0]);
	if (root.width > 0)
		put_box(out, &root, MARGIN, 0, depths - 1,
			(WIDTH - 2 * MARGIN) / root.width, largest(&root));
	fputs("</svg>\n", out);
out_free:
	free_box(root.children);
	return err;
}
