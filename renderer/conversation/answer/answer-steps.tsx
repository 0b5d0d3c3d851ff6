import { Ban, Check, ChevronRight, CircleAlert, Hourglass, type LucideIcon, Square } from 'lucide-react';
import { useId, useState } from 'react';
import type { AnswerStep, StepStatus } from '../../../electron/contract/conversation/steps.ts';
import { formatDuration } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { t } from '../../messages/t.ts';
import { CallPermission } from './call-permission.tsx';
import { formatArguments } from './format-arguments.ts';

/** Calls of one round with their results, folded. Whatever is in them is shown as text. */
export function AnswerSteps({ steps, messageId }: { steps: readonly AnswerStep[]; messageId: number }) {
	return (
		<ul aria-label={t('Steps')} className="flex flex-col gap-1">
			{steps.map((step) => (
				<li key={step.callId} className="min-w-0">
					{step.status === 'asking' ? <CallPermission step={step} messageId={messageId} /> : <Step step={step} />}
				</li>
			))}
		</ul>
	);
}

function Step({ step }: { step: AnswerStep }) {
	const { name, server, status, result, durationMs } = step;
	const [open, setOpen] = useState(false);
	const id = useId();
	const failed = status === 'failed' || status === 'refused' || status === 'interrupted';
	return (
		<div className="flex min-w-0 flex-col gap-1.5">
			<button
				type="button"
				aria-expanded={open}
				aria-controls={open ? id : undefined}
				onClick={() => setOpen(!open)}
				className="-ml-[3px] flex h-6.5 max-w-full min-w-0 items-center gap-1.5 self-start rounded-[6px] pr-2 pl-[3px] text-xs hover:bg-hover"
			>
				<Icon
					of={ChevronRight}
					size={14}
					className={`flex-none text-ink-2 transition-transform duration-(--base) ${open ? 'rotate-90' : ''}`}
				/>
				<StatusIcon status={status} />
				<span className="flex-none font-medium text-ink-2">{name}</span>
				{server === '' ? null : <span className="flex-none text-ink-3">{server}</span>}
				<span className="foreign min-w-0 truncate font-mono text-ink-3" dir="ltr">
					{shortArguments(step.arguments)}
				</span>
				<span className={`flex-none tabular-nums ${failed ? 'text-warn' : 'text-ink-3'}`}>
					{[stepWords(status), durationMs === null ? null : formatDuration(durationMs)]
						.filter((part) => part !== null)
						.join(' · ')}
				</span>
			</button>
			{open ? (
				<div id={id} className="ml-[3px] flex min-w-0 flex-col gap-2 border-l-2 border-line-strong pl-3.5">
					<Part name={t('Arguments')} text={formatArguments(step.arguments)} />
					{result === null ? null : (
						<Part name={status === 'done' ? t('Result') : t('Sent to the model')} text={result} />
					)}
				</div>
			) : null}
		</div>
	);
}

/** A text from elsewhere, as it is: no Markdown, no HTML, no links. */
function Part({ name, text }: { name: string; text: string }) {
	return (
		<div className="min-w-0">
			<p className="mb-1 text-xs text-ink-3">{name}</p>
			<pre
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
				tabIndex={0}
				className="foreign max-h-72 overflow-auto rounded-md bg-sunken px-2.5 py-2 font-mono text-xs break-words whitespace-pre-wrap text-ink"
			>
				{text}
			</pre>
		</div>
	);
}

const icons: Record<Exclude<StepStatus, 'running'>, { of: LucideIcon; className: string }> = {
	waiting: { of: Hourglass, className: 'text-ink-3' },
	asking: { of: Hourglass, className: 'text-ink-3' },
	done: { of: Check, className: 'text-good' },
	failed: { of: CircleAlert, className: 'text-warn' },
	refused: { of: Ban, className: 'text-warn' },
	stopped: { of: Square, className: 'text-ink-3' },
	interrupted: { of: CircleAlert, className: 'text-warn' },
};

function StatusIcon({ status }: { status: StepStatus }) {
	if (status === 'running') return <Spinner />;
	const { of, className } = icons[status];
	return <Icon of={of} size={14} className={`flex-none ${className}`} />;
}

/** Says what became of a call; null: it is done, which goes without saying. */
function stepWords(status: StepStatus): string | null {
	switch (status) {
		case 'waiting':
			return t('waiting', {}, 'call');
		case 'asking':
			return t('waiting for permission');
		case 'running':
			return t('running', {}, 'call');
		case 'done':
			return null;
		case 'failed':
			return t('failed', {}, 'call');
		case 'refused':
			return t('refused', {}, 'call');
		case 'stopped':
			return t('stopped', {}, 'call');
		case 'interrupted':
			return t('interrupted', {}, 'call');
	}
}

/** Longest text of arguments in a folded step, in characters: it is cut by the width anyway. */
const mostCharacters = 200;

function shortArguments(json: string): string {
	const line = json.replaceAll(/\s+/g, ' ').slice(0, mostCharacters);
	return line === '{}' ? '' : line;
}
