import { useId } from 'react';
import type { PresetName } from '../../electron/contract/comparison/schema.ts';
import { formatDuration, phraseSeparator } from '../design/format.ts';
import { t } from '../messages/t.ts';
import type { PlanForm } from './use-plan.ts';

/** What each preset measures, and what it can and can't tell. */
const presetWords: Readonly<
	Record<PresetName, { readonly label: string; readonly tells: string; readonly not: string }>
> = {
	quick: {
		label: t('Quick'),
		tells: t('Tells badly damaged files from good ones, and shows clear differences in speed.'),
		not: t('Similar files stay undecided.'),
	},
	normal: {
		label: t('Normal'),
		tells: t('Tells files apart on every kind of text, and measures the speed that you notice in chat.'),
		not: t('Says nothing about your own task.'),
	},
	thorough: {
		label: t('Thorough, with my dataset'),
		tells: t(
			'Reads all texts, and has every file answer your samples, with tools if you like: tells whether a smaller file answers worse.',
		),
		not: t('Takes longest.'),
	},
};

const names = Object.keys(presetWords) as PresetName[];

/** Rounds a predicted duration as far as it can be known: "2 min", "1 h 10 min". */
function formatPredicted(seconds: number): string {
	if (seconds <= 80) return formatDuration(Math.max(10_000, Math.ceil(seconds / 10) * 10_000));
	return formatDuration(Math.ceil(seconds / 60) * 60_000);
}

/** Chooses how thorough the comparison is; each card has its time and what it can tell. */
export function PresetCards({ form }: { form: PlanForm }) {
	const { presets, preset, changed, estimate } = form;
	const group = useId();
	return (
		<fieldset>
			<legend className="mb-2 text-md font-semibold">{t('How thorough?')}</legend>
			<div className="grid gap-2 min-[820px]:grid-cols-3">
				{names.map((name) => {
					const { label, tells, not } = presetWords[name];
					const chosen = name === preset;
					const planned = presets?.find((one) => one.name === name)?.estimate;
					const time = chosen ? (estimate ?? planned) : planned;
					return (
						<label
							key={name}
							className={`flex min-w-0 items-start gap-2 rounded-lg border px-3 py-2.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus ${chosen ? 'border-accent bg-accent-soft' : 'border-line-strong bg-surface hover:bg-hover'}`}
						>
							<input
								type="radio"
								name={group}
								checked={chosen}
								onChange={() => form.choosePreset(name)}
								className="sr-only"
							/>
							<span
								aria-hidden
								className={`mt-[3px] size-3.5 flex-none rounded-full border bg-surface ${chosen ? 'border-[4px] border-accent' : 'border-control'}`}
							/>
							<span className="min-w-0 flex-1">
								<span className="flex flex-wrap items-baseline gap-x-2">
									<span className="font-semibold">{label}</span>
									<span className="text-xs text-ink-2 tabular-nums">
										{[
											time === undefined ? '…' : t('about {time}', { time: formatPredicted(time.seconds) }),
											...(chosen && changed ? [t('changed')] : []),
										].join(phraseSeparator('comma'))}
									</span>
								</span>
								<span className="mt-0.5 block text-xs text-pretty text-ink-2">
									{tells} {not}
								</span>
							</span>
						</label>
					);
				})}
			</div>
		</fieldset>
	);
}
