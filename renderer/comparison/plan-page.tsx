import { ChevronsUpDown } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { shortenModelName } from '../library/model-name.ts';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import type { PlanInput, Proposal } from './comparison-store.ts';
import { FileCards } from './file-cards.tsx';
import { PlanAdvanced } from './plan-advanced.tsx';
import { PresetCards } from './preset-cards.tsx';
import { TaskSection, ToolsSection } from './task-section.tsx';
import { type PlanForm, usePlan } from './use-plan.ts';

/** Removes what was typed without meaning: empty lines and spaces around a path. */
function tidy(plan: PlanInput): PlanInput {
	const lines = (values: readonly string[] = []): string[] => values.map((value) => value.trim()).filter(Boolean);
	return {
		...plan,
		texts: lines(plan.texts),
		prompts: lines(plan.prompts),
		imatrixText: plan.imatrixText?.trim() ?? null,
	};
}

/** Asks which file of a model to use: its files, how thorough to measure, and everything else under Advanced. */
export function PlanPage({ from }: { from: Proposal }) {
	const { comparisons } = useServices();
	const form = usePlan(from);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	const { plan, estimate, blocked, files, tasked, task, preset } = form;
	async function start(): Promise<void> {
		if (plan === null) return;
		try {
			await comparisons.start(tidy(plan));
			setFailure(null);
		} catch (error) {
			setFailure(toFailure(error));
		}
	}
	const samples = (
		<>
			<TaskSection
				task={task}
				on={tasked}
				files={form.models.map(({ reference }) => reference)}
				onToggle={form.setTasked}
			/>
			<ToolsSection task={form.tools} on={form.tooled} onToggle={form.setTooled} />
		</>
	);
	return (
		<>
			<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-6 py-6 max-[1099px]:px-4">
				<div className="mx-auto flex max-w-[920px] flex-col gap-6">
					<Question form={form} />
					<FileCards form={form} />
					{form.model === null ? null : <PresetCards form={form} />}
					{preset === 'thorough' && form.model !== null ? samples : null}
					<PlanAdvanced form={form}>{preset === 'thorough' ? null : samples}</PlanAdvanced>
					{failure === null ? null : <FailureCard title={t('Couldn’t start the comparison')} failure={failure} />}
				</div>
			</div>
			<footer className="flex flex-none items-center gap-3 border-t border-line px-6 py-2.5 max-[1099px]:px-4">
				<p aria-live="polite" className="min-w-0 flex-1 text-xs text-pretty text-ink-2">
					{[
						...(estimate === null ? [] : [estimate.words]),
						t('Chat answers go first, and you can pause at any time.'),
					].join(' ')}
				</p>
				<Button onClick={() => comparisons.plan(null)}>{t('Cancel')}</Button>
				<Button kind="primary" blocked={blocked} onClick={() => void start()}>
					{files < 2 ? t('Compare files') : t('Compare {files, plural, one {# file} other {# files}}', { files })}
				</Button>
			</footer>
		</>
	);
}

/** "Which file of SmolLM2 135M should I use?", with the model as a menu. */
function Question({ form }: { form: PlanForm }) {
	const { models, model } = form;
	const heading = useRef<HTMLHeadingElement>(null);
	// The button that opened the form is gone, and with it the focus.
	useEffect(() => heading.current?.focus(), []);
	if (model === null) {
		return <p className="text-lg">{t('There is no model to compare yet. Add one under Models first.')}</p>;
	}
	const { files } = model;
	return (
		<div>
			<h2 ref={heading} tabIndex={-1} className="outline-none text-xl font-semibold tracking-[-0.012em] text-pretty">
				<Trans
					text="Which file of {menu} should I use?"
					values={{
						menu: (
							<Menu
								align="start"
								width={320}
								trigger={
									<button
										type="button"
										className="inline-flex items-center gap-1 rounded-md border border-line-strong bg-raised px-2 hover:bg-hover data-popup-open:bg-hover"
									>
										{shortenModelName(model.name)}
										<Icon of={ChevronsUpDown} size={16} className="text-ink-3" />
									</button>
								}
							>
								{models.map((choice) => (
									<MenuItem
										key={choice.reference.id}
										selected={choice.name === model.name}
										onSelect={() => form.chooseModel(choice)}
									>
										{choice.name}
										<span className="text-ink-3">
											{' '}
											{choice.files.length === 0
												? t('1 file, {size}', { size: formatBytes(choice.reference.sizeBytes) })
												: t('{count, plural, one {# file} other {# files}}', { count: choice.files.length + 1 })}
										</span>
									</MenuItem>
								))}
							</Menu>
						),
					}}
				/>
			</h2>
			<p className="mt-1 text-pretty text-ink-2">
				{files.length === 0
					? t('Assay quantises smaller files of it and measures quality, speed and memory of each on this computer.')
					: t('Assay measures quality, speed and memory of each file on this computer, and recommends one.')}
			</p>
		</div>
	);
}
