import { RotateCw, Scale } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Arm, Run } from '../../../electron/contract/evaluation/schema.ts';
import { ListToggle } from '../../app/list-toggle.tsx';
import { Button } from '../../design/button.tsx';
import { ScreenHeader, ScreenTitle } from '../../design/headers.tsx';
import { useRestoreFocus } from '../../design/use-restore-focus.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { rerun } from '../run-actions.ts';
import { describeAdapters, describeParameters, isLive } from '../run-wording.ts';
import { describeDefault } from './make-default.ts';
import { RepeatableBadge } from './repeatable-badge.tsx';
import { RunMenu } from './run-menu.tsx';
import { UseArmButton } from './use-arm-button.tsx';

/** The run's name, whether it is repeatable, its common conditions, and the next steps. */
export function RunHeader({ run, chosen, clear }: { run: Run; chosen: Arm | undefined; clear: boolean }) {
	const services = useServices();
	const { evaluations } = services;
	const busy = useStore(evaluations.state, (state) => state.busy[run.id]);
	const [renaming, setRenaming] = useState(false);
	const use = chosen === undefined ? null : describeDefault(chosen, run.arms);
	const menu = useRestoreFocus<HTMLButtonElement>(renaming);
	return (
		<ScreenHeader>
			<ListToggle />
			{renaming ? (
				<RenameField
					name={run.name}
					onDone={(name) => {
						setRenaming(false);
						if (name !== null && name !== run.name) void evaluations.rename(run.id, name);
					}}
				/>
			) : (
				<ScreenTitle
					// Cut before the badge is, whose words nothing else says.
					className="min-w-16 shrink-[50] truncate"
					title={run.name}
					onDoubleClick={() => setRenaming(true)}
				>
					{run.name}
				</ScreenTitle>
			)}
			<RepeatableBadge run={run} />
			<span className="min-w-0 flex-1 truncate text-xs text-ink-2 tabular-nums" title={describeRun(run)}>
				{describeRun(run)}
			</span>
			<ComparisonLink runId={run.id} />
			{isLive(run.status) || run.manifest.marked !== undefined ? null : (
				<Button
					kind="ghost"
					icon={RotateCw}
					busy={busy === 'Starting' ? t('Starting') : undefined}
					onClick={() => void rerun(services, run.id)}
				>
					{t('Rerun')}
				</Button>
			)}
			<RunMenu button={menu} run={run} onRename={() => setRenaming(true)} />
			{chosen === undefined ||
			use === null ||
			isLive(run.status) ||
			run.status === 'failed' ||
			chosen.n === 0 ? null : (
				<UseArmButton kind={clear ? 'primary' : 'ghost'} arm={chosen}>
					{use}
				</UseArmButton>
			)}
		</ScreenHeader>
	);
}

/** Link back to the comparison of quantisations that this run belongs to. */
function ComparisonLink({ runId }: { runId: number }) {
	const { comparisons, layout } = useServices();
	const owner = useStore(comparisons.state, (state) => state.comparisons.find((one) => one.runId === runId));
	if (owner === undefined) return null;
	return (
		<Button
			kind="ghost"
			icon={Scale}
			onClick={() => {
				void comparisons.choose(owner.id);
				layout.go({ section: 'compare' });
			}}
		>
			{t('Comparison')}
		</Button>
	);
}

/** Describes a run: "dataset v3, 160 samples · exact · temperature 0 · seed 7". */
function describeRun({ dataset, scorers, config, arms }: Run): string {
	const parameters = new Set(arms.map((arm) => describeParameters(arm.parameters)));
	// Adapters that differ between arms are named by the columns.
	const adapters = new Set(arms.map(describeAdapters));
	return [
		t('{name} v{number}, {samples, plural, one {# sample} other {# samples}}', {
			name: dataset.name,
			number: dataset.number,
			samples: dataset.samples,
		}),
		adapters.size === 1 ? [...adapters][0] || null : null,
		scorers.join(', '),
		parameters.size === 1 ? [...parameters][0] : null,
		config.epochs > 1 ? t('{epochs, plural, one {# epoch} other {# epochs}}', { epochs: config.epochs }) : null,
		t('seed {seed}', { seed: config.seed }),
	]
		.filter((part) => part !== null)
		.join(' · ');
}

function RenameField({ name, onDone }: { name: string; onDone: (name: string | null) => void }) {
	const [text, setText] = useState(name);
	return (
		<input
			// biome-ignore lint/a11y/noAutofocus: it stands where the name stood, which was just asked to change
			autoFocus
			aria-label={t('Run name')}
			value={text}
			onChange={(event) => setText(event.target.value)}
			onFocus={(event) => event.target.select()}
			onBlur={() => onDone(text.trim() || null)}
			onKeyDown={(event) => {
				if (event.key === 'Enter') {
					// Otherwise Enter would also press the button that regains the focus.
					event.preventDefault();
					onDone(text.trim() || null);
				}
				if (event.key === 'Escape') {
					event.stopPropagation();
					onDone(null);
				}
			}}
			className="h-7 w-64 min-w-24 rounded-md border border-control bg-surface px-2 text-[14px] font-semibold"
		/>
	);
}
