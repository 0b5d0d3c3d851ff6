import { CircleHelp, Repeat2, TriangleAlert } from 'lucide-react';
import { useStore } from 'zustand';
import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { Button } from '../../design/button.tsx';
import { formatPercent } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Popover } from '../../design/popover.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { isLive } from '../run-wording.ts';

const states = {
	yes: { icon: Repeat2, words: t('Repeatable'), tone: 'bg-good-soft text-good' },
	no: { icon: TriangleAlert, words: t('Not repeatable'), tone: 'bg-bad-soft text-bad' },
	unknown: { icon: CircleHelp, words: t('Repeatability not checked'), tone: 'bg-hover text-ink-2' },
} as const;

const meaning = {
	yes: t(
		'A repeat of this run gave the same answers, token by token, even in another process and after an interruption.',
	),
	no: t('A repeat of this run gave some different answers. Differences between runs may come from that.'),
	unknown: t('Not checked yet: does a repeat of this run give the same answers?'),
} as const;

/** Whether the run is repeatable; the button explains this and runs a test. */
export function RepeatableBadge({ run }: { run: Run }) {
	const { evaluations } = useServices();
	const test = useStore(evaluations.state, (state) => state.tests[run.id]);
	const asking = useStore(evaluations.state, (state) => state.busy[run.id] === 'Checking');
	const busy =
		test === undefined
			? asking
				? t('Checking')
				: undefined
			: test.total === null
				? t('Checking')
				: t('Checking, {percent}', { percent: formatPercent(test.done / test.total) });
	const { icon, words, tone } = states[run.repeatable];
	const { marked } = run.manifest;
	return (
		<Popover
			label={t('Repeatability')}
			align="start"
			width={340}
			trigger={
				<button
					type="button"
					className={`inline-flex h-5 min-w-6.5 items-center gap-1 rounded-sm px-[7px] text-xs/none font-medium whitespace-nowrap ${tone}`}
				>
					<Icon of={icon} size={12} className="flex-none" />
					<span className="truncate">{words}</span>
				</button>
			}
		>
			<p className="text-pretty">{meaning[run.repeatable]}</p>
			{run.repeatableNote === '' ? null : <p className="mt-2 text-pretty text-ink-2">{run.repeatableNote}</p>}
			<p className="mt-2 text-pretty text-ink-2">
				{marked === undefined
					? t(
							'The check measures some answers again, interrupts a second measurement, resumes it, and compares token by token.',
						)
					: t('This applies to run {runId}, which generated the outputs. Check it there.', { runId: marked.runId })}
			</p>
			<p className="mt-2 truncate font-mono text-2xs text-ink-3" title={run.manifestHash}>
				{t('manifest {hash}', { hash: run.manifestHash.slice(0, 16) })}
			</p>
			{marked === undefined ? (
				<Button
					size="sm"
					className="mt-2.5"
					busy={busy}
					blocked={
						isLive(run.status)
							? t('The run is still in progress')
							: run.progress.done === 0
								? t('Nothing is measured yet')
								: undefined
					}
					onClick={() => void evaluations.selfTest(run.id)}
				>
					{run.repeatable === 'unknown' ? t('Check now') : t('Check again')}
				</Button>
			) : null}
		</Popover>
	);
}
