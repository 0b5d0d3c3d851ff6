import { ShieldQuestionMark } from 'lucide-react';
import { useId, useState } from 'react';
import type { AnswerStep, CallDecision } from '../../../electron/contract/conversation/steps.ts';
import type { ArgumentPattern } from '../../../electron/contract/tools/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Button } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';
import { Trans } from '../../messages/trans.tsx';
import { useServices } from '../../services.ts';
import { formatArguments } from './format-arguments.ts';

/**
 * Asks whether a call may be made, and shows all of it. Focus stays where the person is typing: the question is announced
 * and is the next stop before the message field.
 */
export function CallPermission({ step, messageId }: { step: AnswerStep; messageId: number }) {
	const services = useServices();
	const id = useId();
	const [words, setWords] = useState('');
	const [exact, setExact] = useState(false);
	const [decided, setDecided] = useState(false);
	const given = parsedArguments(step.arguments);
	function decide(decision: CallDecision): void {
		setDecided(true);
		document.querySelector<HTMLElement>('[data-composer]')?.focus();
		void runOrToast(services, async () => {
			try {
				await services.thread.decide(messageId, step.callId, decision);
			} catch (error) {
				setDecided(false);
				throw error;
			}
		});
	}
	const pattern: ArgumentPattern = exact && given !== null ? { kind: 'exact', arguments: given } : { kind: 'any' };
	const busy = decided ? t('Sending') : undefined;
	return (
		<section
			aria-labelledby={`${id}-title`}
			data-permission
			className="flex flex-col gap-2.5 rounded-lg border border-line-strong bg-raised px-3.5 py-3 shadow-sheet"
		>
			<p id={`${id}-title`} className="flex items-start gap-2 font-medium">
				<Icon of={ShieldQuestionMark} size={16} className="mt-0.5 flex-none text-accent-ink" />
				<span>
					{step.server === '' ? (
						<Trans
							text="May the model call <code>{name}</code>?"
							values={{ name: step.name, code: (text) => <code className="font-mono">{text}</code> }}
						/>
					) : (
						<Trans
							text="May the model call <code>{name}</code> from {server}?"
							values={{
								name: step.name,
								server: step.server,
								code: (text) => <code className="font-mono">{text}</code>,
							}}
						/>
					)}
				</span>
			</p>
			<pre
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
				tabIndex={0}
				className="foreign max-h-96 overflow-auto rounded-md bg-sunken px-2.5 py-2 font-mono text-xs break-words whitespace-pre-wrap"
			>
				{formatArguments(step.arguments)}
			</pre>
			<div className="flex flex-wrap items-center gap-2">
				<Button
					kind="primary"
					busy={busy}
					onClick={() => decide({ kind: 'allow', scope: 'once', pattern: { kind: 'any' } })}
				>
					{t('Allow once')}
				</Button>
				<Button blocked={busy} onClick={() => decide({ kind: 'allow', scope: 'conversation', pattern })}>
					{t('Allow in this conversation')}
				</Button>
				<Button blocked={busy} onClick={() => decide({ kind: 'allow', scope: 'always', pattern })}>
					{t('Always allow')}
				</Button>
				<span className="flex-1" />
				<Button kind="danger" blocked={busy} onClick={() => decide({ kind: 'refuse', words })}>
					{t('Refuse')}
				</Button>
			</div>
			<div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-xs text-ink-2">
				<label className="flex items-center gap-1.5">
					<input type="checkbox" checked={exact} onChange={() => setExact(!exact)} className="accent-(--accent)" />
					{t('Allow later calls only with exactly these arguments')}
				</label>
				<input
					type="text"
					value={words}
					maxLength={2_000}
					onChange={(event) => setWords(event.target.value)}
					aria-label={t('Tell the model why you refuse')}
					placeholder={t('Reason, if you refuse (the model sees it)')}
					className="h-6.5 min-w-0 flex-1 basis-56 rounded-[6px] border border-control bg-surface px-2 text-ink"
				/>
			</div>
		</section>
	);
}

function parsedArguments(json: string): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(json);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: null;
	} catch {
		return null;
	}
}
