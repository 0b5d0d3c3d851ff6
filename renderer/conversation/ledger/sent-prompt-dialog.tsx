import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import type { SentPrompt } from '../../../electron/contract/conversation/ledger.ts';
import { useCopy } from '../../app/clipboard.ts';
import { useQuery } from '../../connection/use-query.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { Scroller } from '../../design/scroll-area.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { t } from '../../messages/t.ts';

type View = 'turns' | 'text';

/** The prompt of an answer: turn by turn, or as the one text that the model read. */
export function SentPromptDialog({ messageId, onClose }: { messageId: number; onClose: () => void }) {
	const [view, setView] = useState<View>('turns');
	const [load, setLoad] = useState(false);
	const { copied, copy } = useCopy();
	const { data, failure, isLoading } = useQuery(`${messageId} ${load}`, (client, signal) =>
		client.conversations.sentPrompt({ messageId, load }, { signal }),
	);
	const shown = data === undefined ? '' : view === 'turns' ? plainText(data) : (data.rendered?.text ?? '');
	return (
		<Dialog
			open
			onClose={onClose}
			title={t('Prompt of this answer')}
			text={
				data === undefined ? undefined : t('{count, plural, one {# token} other {# tokens}}', { count: data.tokens })
			}
			width={760}
			actions={
				<>
					<Button
						icon={copied ? Check : Copy}
						blocked={shown === '' ? t('There is nothing to copy') : undefined}
						onClick={() => copy(shown)}
					>
						{copied ? t('Copied') : t('Copy')}
					</Button>
					<Button onClick={onClose}>{t('Close')}</Button>
				</>
			}
		>
			<div className="mt-3 flex flex-col gap-2">
				<div>
					<Segmented
						label={t('How the prompt is shown')}
						value={view}
						onChange={setView}
						options={[
							{ value: 'turns', label: t('By turn') },
							{ value: 'text', label: t('As the model reads it') },
						]}
					/>
				</div>
				<Scroller
					// Whether it scrolls is found out when it is made.
					key={`${view} ${data === undefined}`}
					label={t('Prompt of this answer')}
					className="h-[calc(0.46*var(--window-height))] rounded-md border border-line bg-sunken"
				>
					{failure !== null ? (
						<div className="p-3">
							<FailureCard title={t('Couldn’t read the prompt')} failure={failure} />
						</div>
					) : data === undefined ? null : view === 'turns' ? (
						<Turns prompt={data} />
					) : data.rendered === null ? (
						<div className="flex flex-col items-start gap-2 p-3">
							<p className="text-ink-2">{t('The model adds its chat template, so it has to be in memory for this.')}</p>
							<Button size="sm" busy={isLoading ? t('Loading the model') : undefined} onClick={() => setLoad(true)}>
								{t('Load the model')}
							</Button>
						</div>
					) : (
						<pre className="foreign p-3 font-mono text-xs whitespace-pre-wrap" dir="auto">
							{shown}
						</pre>
					)}
				</Scroller>
				{data?.rendered != null && !data.rendered.same && view === 'text' ? (
					<p className="text-xs text-warn">
						{t(
							'It is {now} tokens long now, but {sent} were sent: the chat template, the tools or the context size has changed since.',
							{ now: data.rendered.tokens, sent: data.tokens },
						)}
					</p>
				) : null}
			</div>
		</Dialog>
	);
}

const roles = {
	system: () => t('System'),
	user: () => t('User'),
	assistant: () => t('Answer'),
	tool: () => t('Tool'),
} as const;

function Turns({ prompt: { turns } }: { prompt: SentPrompt }) {
	return (
		<ol>
			{turns.map(({ role, content }, index) => (
				<li
					// biome-ignore lint/suspicious/noArrayIndexKey: turns stand in order
					key={index}
					className="grid grid-cols-[4.5rem_minmax(0,1fr)] border-b border-line last:border-b-0"
				>
					<span className="px-2.5 py-2 text-2xs/5 text-ink-3">{roles[role]()}</span>
					<p className="foreign bg-surface px-2.5 py-2 font-mono text-xs/5 whitespace-pre-wrap" dir="auto">
						{content}
					</p>
				</li>
			))}
		</ol>
	);
}

function plainText({ turns }: SentPrompt): string {
	return turns.map(({ role, content }) => `${role}:\n${content}`).join('\n\n');
}
