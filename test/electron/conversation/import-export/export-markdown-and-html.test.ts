import { describe, expect, test } from 'vitest';
import { markdownToHtml } from '../../../../electron/conversation/import-export/markdown-to-html.ts';
import { regenerate } from '../../../../electron/conversation/send-message.ts';
import { run } from '../../../../electron/database/sql.ts';
import { allPayloads } from '../../../renderer/hostile/payloads/index.ts';
import { answering, answerOf, conversationForTest, converse } from '../../../support/conversation.ts';
import { failureOf } from '../../../support/failure.ts';
import { exporting } from '../../../support/import-export.ts';

const answers = answering('<think>Hmm.</think>red', 'green <b>', [
	{ type: 'text', text: 'blu' },
	{ type: 'fail', failure: { code: 'worker-crashed', message: 'The worker crashed.', next: ['Again'] } },
]);

async function branched() {
	const context = conversationForTest(answers);
	const { conversationId, messageId } = await converse(context, 'Name a *colour* 👍🏽');
	await answerOf(context, regenerate(context, { messageId }));
	await converse(context, 'And another?', { conversationId });
	return { context, id: conversationId };
}

test('Markdown contains the current branch unchanged, with the model below each answer', async () => {
	const { context, id } = await branched();
	const { fileName, text } = await exporting(context, [id], 'markdown');
	expect(fileName).toBe('assay-name-a-colour-1.md');
	expect(text).toContain('# Name a colour 👍🏽\n');
	expect(text).toContain('## You\n\nName a *colour* 👍🏽\n\n## Assistant (Scripted, F32)\n\ngreen <b>\n');
	expect(text).toContain('blu\n\n*Failed.*\n\n*The worker crashed.*');
	expect(text).not.toContain('red');
});

test('HTML contains the same, and nothing that runs or is fetched', async () => {
	const { context, id } = await branched();
	const { fileName, text } = await exporting(context, [id], 'html');
	expect(fileName).toBe('assay-name-a-colour-1.html');
	expect(text).toContain("default-src 'none'");
	expect(text).toContain('Name a *colour* 👍🏽</div>');
	expect(text).toContain('<p>green &lt;b&gt;</p>');
	expect(text).toContain('The worker crashed.');
});

test('in Markdown, an attached text has a fence that it cannot end', async () => {
	const { context, id } = await branched();
	run(
		context.database,
		`INSERT INTO attachments (message_id, position, name, media_type, size_bytes, characters, text, created_at)
		 VALUES (1, 0, 'notes.md', 'text/markdown', 7, 7, :text, 1)`,
		{ text: '````\ncode\n````' },
	);
	const { text } = await exporting(context, [id], 'markdown');
	expect(text).toContain('**notes.md**\n\n`````\n````\ncode\n````\n`````\n');
});

describe('Markdown to HTML', () => {
	test('the meaning of Markdown is kept', () => {
		const html = markdownToHtml(
			'# A\n\n- [x] done\n- [ ] not\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```js\n1 < 2\n```\n\n[x](https://a.example)',
		);
		expect(html).toContain('<h1>A</h1>');
		expect(html).toContain('<input type="checkbox" disabled="" aria-label="Done" checked="">');
		expect(html).toContain('<td align="right">2</td>');
		expect(html).toContain('<code class="language-js">1 &lt; 2\n</code>');
		expect(html).toContain('<a href="https://a.example" rel="noreferrer">x</a>');
	});

	test.each([
		[
			'a picture becomes a link',
			'![cat](https://evil.example/c.png)',
			'<a href="https://evil.example/c.png" rel="noreferrer">cat</a>',
		],
		['a script address is not linked', '[x](javascript:alert(1))', '<a>x</a>'],
		['HTML stays text', 'a <img src=x onerror=alert(1)> b', 'a &lt;img src=x onerror=alert(1)&gt; b'],
	])('%s', (_, markdown, html) => {
		expect(markdownToHtml(markdown)).toContain(html);
	});

	test('every attack becomes only known elements and attributes', () => {
		const tag = /<(?!\/)([a-z0-9]+)((?:\s[\w-]+="[^"<>]*")*)>/g;
		const elements =
			/^(a|blockquote|br|code|del|div|em|h[1-6]|hr|input|li|ol|p|pre|section|strong|sup|table|tbody|td|th|thead|tr|ul)$/;
		const attack = /\s(on\w+|style|src|srcset|formaction)=|href="(?!https?:|mailto:|#)/i;
		const faults = allPayloads.flatMap((payload) => {
			const html = markdownToHtml(payload);
			const tags = [...html.matchAll(tag)];
			// After all well-formed tags are removed, no opening bracket is left.
			const rest = html.replaceAll(tag, '').replaceAll(/<\/[a-z0-9]+>/g, '');
			const bad = tags.filter(([, name = '', attributes = '']) => !elements.test(name) || attack.test(attributes));
			return rest.includes('<') || bad.length > 0 ? [{ payload, html }] : [];
		});
		expect(faults).toEqual([]);
	});

	test('a text nested too deeply for the parser stays plain text', () => {
		expect(markdownToHtml(`${'> '.repeat(20_000)}deep <b>`)).toContain('deep &lt;b&gt;');
	});
});

test('several conversations become an archive; with none, the export fails clearly', async () => {
	const { context } = await branched();
	await converse(context, 'Second');
	const { fileName, content, conversations } = await exporting(context, null, 'html');
	expect(fileName).toBe('assay-2-conversations-2026-11-24.zip');
	expect(conversations).toBe(2);
	for (const name of ['assay-name-a-colour-1.html', 'assay-second-2.html', 'index.html']) {
		expect(content.includes(name)).toBe(true);
	}
	const empty = await failureOf(() => exporting(conversationForTest(), null, 'json'));
	expect(empty.code).toBe('nothing-to-export');
	expect((await failureOf(() => exporting(context, [99], 'json'))).code).toBe('conversation-unknown');
});
