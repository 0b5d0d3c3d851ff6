import { textsOfRounds } from '../../contract/conversation/round-texts.ts';
import type { AnswerStep } from '../../contract/conversation/steps.ts';
import type { ExportedConversation } from './document.ts';
import { activeSummary, endingTexts, modelLabel, stepEndings, summaryLabel } from './export-markdown.ts';
import { shownBranch } from './exported-conversation.ts';
import { escapeHtml, markdownToHtml } from './markdown-to-html.ts';

type ExportedMessage = ExportedConversation['messages'][number];

/** The file can be opened anywhere, in any browser: it forbids scripts and fetches nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The style of renderer/design/tokens.css for a page without the application. */
const style = `
:root { color-scheme: light dark; --surface: light-dark(oklch(0.996 0.001 75), oklch(0.216 0.006 250));
  --sunken: light-dark(oklch(0.973 0.003 75), oklch(0.192 0.006 250)); --bubble: light-dark(oklch(0.966 0.0035 75), oklch(0.262 0.008 250));
  --line: light-dark(oklch(0.918 0.004 75), oklch(0.283 0.007 250)); --ink: light-dark(oklch(0.235 0.008 240), oklch(0.93 0.004 250));
  --ink-2: light-dark(oklch(0.43 0.01 240), oklch(0.77 0.008 250)); --ink-3: light-dark(oklch(0.495 0.01 240), oklch(0.685 0.01 250));
  --accent-ink: light-dark(oklch(0.44 0.075 205), oklch(0.81 0.085 200));
  --mono: "Geist Mono", ui-monospace, "SF Mono", "Cascadia Code", Menlo, monospace; }
body { margin: 0; background: var(--surface); color: var(--ink); font: 15px/24px Inter, system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 680px; margin: 0 auto; padding: 40px 20px 80px; overflow-wrap: anywhere; }
h1.title { font-size: 22px; line-height: 28px; letter-spacing: -0.012em; margin: 0; text-wrap: balance; }
.meta { color: var(--ink-3); font-size: 12px; line-height: 18px; margin: 4px 0 0; }
.who { color: var(--ink-3); font-size: 12px; line-height: 18px; font-weight: 500; margin: 0 0 4px; }
article { margin-top: 28px; } article > :last-child { margin-bottom: 0; }
article.user > .text { background: var(--bubble); border-radius: 10px; padding: 10px 14px; white-space: pre-wrap; }
p, ul, ol, blockquote, pre { margin: 0 0 12px; } ul, ol { padding-left: 24px; } li > p { margin-bottom: 4px; }
h1, h2, h3, h4, h5, h6 { font-size: 15px; line-height: 24px; margin: 20px 0 8px; } a { color: var(--accent-ink); }
blockquote { margin-left: 0; padding-left: 14px; border-left: 2px solid var(--line); color: var(--ink-2); }
code, pre { font: 13px/20px var(--mono); } code { background: var(--sunken); border-radius: 3px; padding: 1px 4px; }
pre { background: var(--sunken); border: 1px solid var(--line); border-radius: 7px; padding: 10px 12px; overflow-x: auto; overflow-wrap: normal; }
pre code { background: none; padding: 0; } table { border-collapse: collapse; margin: 0; } .wide { overflow-x: auto; margin: 0 0 12px; }
th, td { border-bottom: 1px solid var(--line); padding: 4px 12px 4px 0; text-align: left; font-variant-numeric: tabular-nums; }
[align="right"] { text-align: right; } [align="center"] { text-align: center; } hr { border: 0; border-top: 1px solid var(--line); }
details { margin: 0 0 12px; color: var(--ink-2); } summary { color: var(--ink-3); font-size: 12px; cursor: default; }
.note { color: var(--ink-3); font-style: italic; } nav ul { list-style: none; padding: 0; margin-top: 20px; } nav li { padding: 4px 0; }
@media print { main { max-width: none; padding: 0; } pre { white-space: pre-wrap; } }`;

/** Renders one branch as a self-contained page. */
export function conversationHtml(conversation: ExportedConversation): string {
	const { title, systemPrompt, createdAt } = conversation;
	const messages = shownBranch(conversation);
	return page(
		title,
		[
			'<header>',
			`<h1 class="title">${escapeHtml(title)}</h1>`,
			`<p class="meta">${timeOf(createdAt)} · ${messages.length === 1 ? '1 message' : `${messages.length} messages`}</p>`,
			'</header>',
			...(systemPrompt === ''
				? []
				: [section('system', 'System prompt', `<div class="text">${escapeHtml(systemPrompt)}</div>`)]),
			...messages.flatMap((message) => [messageOf(message), ...summaryAfter(conversation, message)]),
		].join('\n'),
	);
}

/** Renders the index of a collection: a link to the file of each conversation, in the given order. */
export function indexHtml(entries: readonly { fileName: string; title: string; createdAt: number }[]): string {
	const items = entries.map(
		({ fileName, title, createdAt }) =>
			`<li><a href="${encodeURIComponent(fileName)}">${escapeHtml(title)}</a> <span class="meta">${timeOf(createdAt)}</span></li>`,
	);
	const title = entries.length === 1 ? '1 conversation' : `${entries.length} conversations`;
	return page(title, `<h1 class="title">${title}</h1>\n<nav><ul>\n${items.join('\n')}\n</ul></nav>`);
}

function page(title: string, body: string): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** The summary in use, behind the last message that it covers. */
function summaryAfter(conversation: ExportedConversation, { id }: ExportedMessage): readonly string[] {
	const summary = activeSummary(conversation);
	if (summary?.untilId !== id) return [];
	return [`<article>${fold(summaryLabel(summary), `<div class="text">${escapeHtml(summary.text)}</div>`)}</article>`];
}

function messageOf(message: ExportedMessage): string {
	const { role, content, reasoning, failure, status, attachments, rounds = [] } = message;
	if (role === 'user') {
		const files = attachments.map((each) => fold(each.name, `<pre tabindex="0">${escapeHtml(each.text)}</pre>`));
		return section('user', 'You', `${files.join('\n')}\n<div class="text">${escapeHtml(content)}</div>`);
	}
	const notes = [
		...(status === 'complete' ? [] : [endingTexts[status]]),
		...(failure === null ? [] : [failure.message]),
	];
	const model = modelLabel(message);
	return section(
		'assistant',
		model === null ? 'Assistant' : `Assistant · ${model}`,
		[
			...(reasoning === null ? [] : [fold('Reasoning', markdownToHtml(reasoning))]),
			...textsOfRounds(content, rounds).flatMap((text, index) => [
				markdownToHtml(text),
				...(rounds[index]?.steps.map(stepOf) ?? []),
			]),
			...notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`),
		].join('\n'),
	);
}

/** Calls and results are data: text, whatever is in them. */
function stepOf({ name, arguments: given, result, status }: AnswerStep): string {
	const parts = [given, ...(result === null ? [] : [result])];
	return fold(
		`${name}${stepEndings[status]}`,
		parts.map((part) => `<pre tabindex="0">${escapeHtml(part)}</pre>`).join('\n'),
	);
}

function section(kind: string, who: string, body: string): string {
	return `<article class="${kind === 'system' ? 'user' : kind}"><p class="who">${escapeHtml(who)}</p>\n${body}\n</article>`;
}

function fold(name: string, body: string): string {
	return `<details><summary>${escapeHtml(name)}</summary>\n${body}\n</details>`;
}

/** Formats a time independently of locale: 24 Nov 2026, 16:05 UTC. */
function timeOf(at: number): string {
	const date = new Date(at);
	if (at === 0 || Number.isNaN(date.getTime())) return '';
	const words = date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
	return `<time datetime="${date.toISOString()}">${words} UTC</time>`;
}
