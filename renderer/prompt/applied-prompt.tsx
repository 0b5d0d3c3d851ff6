import { ScrollText, X } from 'lucide-react';
import { useState } from 'react';
import type { MessagePrompt } from '../../electron/contract/conversation/schema.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatList } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { t } from '../messages/t.ts';
import { splitTemplate } from './template-field.tsx';

/** Names a prompt that is applied to messages: "“Ticket B” v2, 3 examples". */
export function describeAppliedPrompt({ name, number, examples, technique }: MessagePrompt): string {
	return formatList([
		t('“{name}” v{number}', { name, number }),
		...wordExamples(examples),
		...(technique.kind === 'chain-of-thought' ? [t('chain of thought')] : []),
	]);
}

const wordExamples = ({ length }: MessagePrompt['examples']): readonly string[] =>
	length === 0 ? [] : [t('{count, plural, one {# example} other {# examples}}', { count: length })];

/** A prompt that is applied to each message; a click shows what it adds. */
export function AppliedPromptChip({
	prompt,
	systemPrompt,
	tokens,
	onRemove,
}: {
	prompt: MessagePrompt;
	systemPrompt: string;
	/** What it costs: "120 tokens". */
	tokens?: string | undefined;
	onRemove: () => void;
}) {
	const [open, setOpen] = useState(false);
	const { name, number } = prompt;
	return (
		<>
			<span className="inline-flex h-7 max-w-full min-w-0 items-center rounded-md border border-line-strong bg-raised">
				<button
					type="button"
					title={t('Show messages as they are sent')}
					onClick={() => setOpen(true)}
					className="inline-flex h-full min-w-0 items-center gap-1.5 rounded-md pr-1.5 pl-2 text-xs hover:bg-hover"
				>
					<Icon of={ScrollText} size={14} className="text-ink-3" />
					<span className="sr-only">{t('Applied to each message:')}</span>
					<span className="truncate font-medium" dir="auto">
						{name}
					</span>
					<span className="flex-none text-ink-3 tabular-nums">{describeRest(prompt, tokens)}</span>
				</button>
				<IconButton
					icon={X}
					label={t('Remove the prompt {name}', { name })}
					size="sm"
					side="top"
					className="mr-px"
					onClick={onRemove}
				/>
			</span>
			{open ? (
				<Dialog
					open
					onClose={() => setOpen(false)}
					title={t('“{name}” v{number}', { name, number })}
					text={t('Each message is sent in this form. The conversation shows only your own words.')}
					width={600}
					actions={<Button onClick={() => setOpen(false)}>{t('Close')}</Button>}
				>
					<Pieces prompt={prompt} systemPrompt={systemPrompt} />
				</Dialog>
			) : null}
		</>
	);
}

function describeRest({ number, examples }: MessagePrompt, tokens: string | undefined): string {
	return [`v${number}`, ...wordExamples(examples), tokens ?? []].flat().join(' · ');
}

/** What the model gets around a message, piece by piece. */
function Pieces({ prompt, systemPrompt }: { prompt: MessagePrompt; systemPrompt: string }) {
	const { template, technique, examples } = prompt;
	const instruction = 'instruction' in technique ? technique.instruction.trim() : '';
	const pieces = [
		...(systemPrompt === '' ? [] : [{ name: t('System'), text: systemPrompt }]),
		...examples.map(({ input, target }, index) => ({
			name: t('Example {number}', { number: index + 1 }),
			text: [typeof input === 'string' ? input : (input.at(-1)?.content ?? ''), target ?? ''].join('\n→ '),
		})),
		{ name: t('Message'), text: instruction === '' ? template : `${template}\n\n${instruction}` },
	];
	return (
		<Scroller label={t('Message as it is sent')} className="mt-3 max-h-[46vh] rounded-md border border-line">
			<ol>
				{pieces.map(({ name, text }) => (
					<li key={name} className="grid grid-cols-[5.5rem_minmax(0,1fr)] border-b border-line last:border-b-0">
						<span className="bg-sunken px-2.5 py-2 text-2xs/5 text-ink-3">{name}</span>
						<p className="foreign px-2.5 py-2 font-mono text-xs/5 whitespace-pre-wrap" dir="auto">
							{name === 'Message'
								? splitTemplate(text).map((part, index) =>
										part.variable === null ? (
											part.text
										) : (
											<mark
												// biome-ignore lint/suspicious/noArrayIndexKey: segments stand in order
												key={index}
												className="rounded-xs bg-accent-soft px-0.5 font-sans text-accent-ink"
											>
												{part.variable === 'input' ? t('your message') : part.variable}
											</mark>
										),
									)
								: text}
						</p>
					</li>
				))}
			</ol>
		</Scroller>
	);
}
