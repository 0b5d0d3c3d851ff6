import { Check, CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import type { Inspection, Risk } from '../../models/contract/inspection.ts';
import { Badge } from '../design/badge.tsx';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { t } from '../messages/t.ts';
import { headClass } from './inspector-fact.tsx';

const plainColour = 'text-ink';

const colours: Readonly<Record<TemplateToken['kind'], string>> = {
	text: plainColour,
	tag: '',
	keyword: 'text-(--code-keyword)',
	string: 'text-(--code-string)',
	comment: 'text-(--code-comment)',
};

const looks = {
	danger: { icon: TriangleAlert, colour: 'text-bad' },
	warning: { icon: CircleAlert, colour: 'text-warn' },
	note: { icon: Info, colour: 'text-ink-2' },
} as const;

/** Risks to know before trusting the file, worst first. */
export function Risks({ risks }: { risks: readonly Risk[] }) {
	if (risks.length === 0) return null;
	return (
		<ul className="flex flex-col gap-2">
			{risks.map(({ level, message, excerpt }) => {
				const { icon, colour } = looks[level];
				return (
					<li key={message} className={`flex items-start gap-1.5 text-xs ${colour}`}>
						<Icon of={icon} size={14} className="mt-0.5" />
						<span className="min-w-0 [overflow-wrap:anywhere]">
							{message}
							{excerpt === null ? null : (
								<q className="mt-0.5 block line-clamp-3 font-mono text-2xs text-ink-2">{excerpt}</q>
							)}
						</span>
					</li>
				);
			})}
		</ul>
	);
}

function Verdict({ risks }: { risks: readonly Risk[] }) {
	if (risks.some(({ level }) => level === 'danger')) {
		return (
			<Badge tone="bad" icon={TriangleAlert}>
				{t('Suspicious')}
			</Badge>
		);
	}
	if (risks.some(({ level }) => level === 'warning')) {
		return (
			<Badge tone="warn" icon={CircleAlert}>
				{t('Unusual')}
			</Badge>
		);
	}
	return (
		<Badge tone="good" icon={Check}>
			{t('Text only')}
		</Badge>
	);
}

/** The chat template of the file, and its oddities. */
export function ChatTemplatePart({ inspection }: { inspection: Inspection }) {
	const template = inspection.facts.chatTemplate;
	const risks = inspection.risks.filter(({ where }) => where === 'template');
	const marks = useMemo(() => highlightTemplate(template ?? ''), [template]);
	return (
		<section aria-label={t('Chat template')} className="flex flex-col gap-2">
			<h3 className={`${headClass} mb-0`}>
				<span className="flex-1">{t('Chat template')}</span>
				{template === null ? <Badge tone="warn">{t('Base model')}</Badge> : <Verdict risks={risks} />}
			</h3>
			<Risks risks={risks} />
			{template === null ? (
				<p className="text-xs text-ink-2">
					{t('This is a base model without a chat template: it continues your text instead of answering it.')}
				</p>
			) : (
				<Scroller
					label={t('Chat template')}
					className="max-h-44 rounded-[8px] border border-line bg-sunken px-2.5 py-2"
				>
					<pre className="font-mono text-[11.5px]/4.5 whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
						{marks.map(({ kind, text }, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, which never move
							<span key={index} className={colours[kind]}>
								{text}
							</span>
						))}
					</pre>
				</Scroller>
			)}
		</section>
	);
}

/** A piece of a template's source with its kind. */
interface TemplateToken {
	readonly kind: 'text' | 'tag' | 'keyword' | 'string' | 'comment';
	readonly text: string;
}

const blocks = /(\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}|\{#[\s\S]*?#\})/;
const pieces = /('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\b[A-Za-z_]\w*\b|\{%-?|-?%\}|\{\{-?|-?\}\})/;
const keywords =
	/^(for|in|if|elif|else|endif|endfor|set|endset|macro|endmacro|not|and|or|is|none|true|false|break|continue|filter|endfilter|call|endcall)$/i;

function kindOf(piece: string): TemplateToken['kind'] {
	if (/^['"]/.test(piece)) return 'string';
	if (/^(\{[%{]-?|-?[%}]\})$/.test(piece) || keywords.test(piece)) return 'keyword';
	return 'tag';
}

/** Splits a chat template (Jinja) into pieces for highlighting; joined, they are the source. */
export function highlightTemplate(source: string): readonly TemplateToken[] {
	const marks: TemplateToken[] = [];
	const add = (kind: TemplateToken['kind'], text: string): void => {
		const last = marks.at(-1);
		if (text === '') return;
		if (last?.kind === kind) marks[marks.length - 1] = { kind, text: last.text + text };
		else marks.push({ kind, text });
	};
	for (const part of source.split(blocks)) {
		if (part.startsWith('{#')) add('comment', part);
		else if (/^\{[%{]/.test(part)) for (const piece of part.split(pieces)) add(kindOf(piece), piece);
		else add('text', part);
	}
	return marks;
}
