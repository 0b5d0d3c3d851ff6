import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import ReactMarkdown from 'react-markdown';
import { describe, expect, test } from 'vitest';
import { rehypePlainTags, remarkPlugins } from '../../../../renderer/conversation/markdown/markdown-plugins.ts';
import { parseMaths } from '../../../../renderer/conversation/markdown/maths-syntax.ts';
import { splitBlocks } from '../../../../renderer/conversation/markdown/split-blocks.ts';

/** Contents of the `<math>` elements, display ones in brackets. */
function formulas(markdown: string): string[] {
	const html = draw(markdown);
	return [...html.matchAll(/<math( data-display="block")?>([\s\S]*?)<\/math>/g)].map(([, display, source]) =>
		display === undefined ? source! : `[${source}]`,
	);
}

function draw(children: string): string {
	return renderToStaticMarkup(
		createElement(ReactMarkdown, { remarkPlugins, rehypePlugins: [rehypePlainTags], children }),
	);
}

describe('maths in Markdown', () => {
	test.each([
		['Let $x_1$ be, and $y*z*w$ too.', ['x_1', 'y*z*w']],
		['So \\(a \\le b\\) holds, and \\[c = d\\] too.', ['a \\le b', '[c = d]']],
		['In line $$e = mc^2$$ as display.', ['[e = mc^2]']],
		['Over\n$$a\n+b$$\nlines', ['[a\n+b]']],
		['1. Step\n   \\[\n   x = y\n   \\]\n2. Next', ['[x = y]']],
		['| f | g |\n|---|---|\n| $a^2$ | \\(b\\) |', ['a^2', 'b']],
		['> quoted $q$', ['q']],
		['**bold $b$**', ['b']],
		['escaped \\$ inside $a\\$b$', ['a\\$b']],
		['a matrix \\(\\begin{matrix}1\\\\2\\end{matrix}\\)', ['\\begin{matrix}1\\\\2\\end{matrix}']],
	])('%j contains %j', (markdown, expected) => {
		expect(formulas(markdown)).toEqual(expected);
	});

	test.each([
		'It costs $5 and then $10.',
		'From $5-$10 or US$5 to A$7.',
		'$HOME and $PATH are variables.',
		'`$x$` and `\\(y\\)` are code.',
		'Never closed: $x + 1',
		'Never closed: \\(x + 1',
		'\\\\(not maths\\\\)',
		'$ spaced $',
		'$$$$',
		'```\n$x$\n```',
		'\\$x\\$',
	])('%j contains no formula', (markdown) => {
		expect(formulas(markdown)).toEqual([]);
	});

	test('display maths is a separate block; unclosed, or across a blank line, it stays text', () => {
		const kinds = (source: string) => splitBlocks(source).blocks.map(({ kind, text }) => `${kind}: ${text}`);
		expect(kinds('So:\n\\[\n+ b\n- c\n\\]\nand')).toEqual(['text: So:', 'maths: \\[\n+ b\n- c\n\\]', 'text: and']);
		expect(kinds('$$\nx\n$$\n\n$$\ny $$\nz')).toEqual(['maths: $$\nx\n$$', 'maths: $$\ny $$', 'text: z']);
		expect(kinds('$$\nx\n\ny')).toEqual(['text: $$\nx', 'text: y']);
	});

	test('delimiters are stripped from the source', () => {
		expect(parseMaths('$$ x $$')).toEqual({ source: 'x', display: true });
		expect(parseMaths('\\(x\\)')).toEqual({ source: 'x', display: false });
		expect(parseMaths('$$\nx')).toBeNull();
		expect(parseMaths('$$')).toBeNull();
	});

	test('thousands of unclosed delimiters are parsed fast', () => {
		const start = performance.now();
		for (const mark of ['$', '$$ ', '\\(', '\\[', '$a ']) draw(mark.repeat(4_000));
		expect(performance.now() - start).toBeLessThan(4_000);
	});
});

describe('HTML in Markdown', () => {
	test('line breaks and simple paired tags are rendered', () => {
		expect(draw('H<sub>2</sub>O<br>x<sup>**2**</sup>')).toBe(
			'<p>H<sub>2</sub>O<br/>x<sup><strong>2</strong></sup></p>',
		);
	});

	test.each([
		'<sub onclick=x>a</sub>',
		'<sub>never closed',
		'</sub>',
		'<script>a</script>',
		'<a href="javascript:x">y</a>',
	])('%j stays text', (html) => {
		expect(draw(html)).not.toMatch(/<(?!\/?p>)/);
	});

	test('footnotes stay where they were written', () => {
		expect(draw('A claim.[^1]\n\n[^1]: Its source is here.')).toBe(
			'<p>A claim.[^1]</p>\n<p>[^1]: Its source is here.</p>',
		);
	});
});
