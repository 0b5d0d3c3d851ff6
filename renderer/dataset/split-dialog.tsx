import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { RandomSplit } from '../../electron/contract/dataset/schema.ts';
import { Button, IconButton } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { FormDialog } from '../design/dialog.tsx';
import { formatCount, formatList, formatPercentage } from '../design/format.ts';
import { NumberField } from '../design/number-field.tsx';
import { Switch } from '../design/switch.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { changeSamples } from './change-samples.ts';
import { shownVersion } from './dataset-store.ts';

/** Assigns every sample to a split at random: shares, a seed, and the field to balance across parts. */
export function SplitDialog({ onClose }: { onClose: () => void }) {
	const services = useServices();
	const { connection, datasets, samples } = services;
	const total = useStore(datasets.state, (state) => shownVersion(state)?.samples ?? 0);
	const facets = useStore(samples.state, (state) => state.facets);
	const [parts, setParts] = useState<readonly SplitPart[]>([
		{ split: 'test', percent: 80 },
		{ split: 'examples', percent: 20 },
	]);
	const [seed, setSeed] = useState(1);
	const [mixture, setMixture] = useState('none');
	const [keepClusters, setKeepClusters] = useState(true);
	const [busy, setBusy] = useState(false);
	const problem = findSplitProblem(parts);
	const set = (index: number, part: Partial<SplitPart>) => setParts(parts.with(index, { ...parts[index]!, ...part }));
	async function split(): Promise<void> {
		if (problem !== null || busy) return;
		setBusy(true);
		const done = await changeSamples(
			services,
			(datasetId) =>
				connection.client.datasets.samples.randomSplit({
					datasetId,
					parts: toShares(parts),
					seed,
					keepClusters,
					stratify: stratifyOf(mixture),
				}),
			({ splits }) =>
				t('Split: {parts}', {
					parts: formatList(splits.map(({ split: name, count: n }) => `${formatCount(n)} ${name}`)),
				}),
		);
		setBusy(false);
		if (done !== null) onClose();
	}
	return (
		<FormDialog
			title={t('Random split')}
			text={t('Assigns every sample to one of these. The same seed repeats the split.')}
			width={460}
			verb={t('Split {total, plural, one {# sample} other {# samples}}', { total })}
			busy={busy ? t('Splitting') : undefined}
			blocked={problem ?? undefined}
			className="mt-4 flex flex-col gap-4"
			onSubmit={() => void split()}
			onClose={onClose}
		>
			<fieldset className="flex flex-col gap-2">
				<legend className="sr-only">{t('Parts')}</legend>
				{parts.map(({ split: name, percent }, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: parts stand in order
					<div key={index} className="grid grid-cols-[minmax(0,1fr)_6rem_4.5rem_1.75rem] items-start gap-2">
						<TextField
							label={t('Split {number}', { number: index + 1 })}
							value={name}
							maxLength={60}
							onChange={(event) => set(index, { split: event.target.value })}
						/>
						<NumberField
							label={t('Share, %')}
							min={1}
							max={99}
							whole={false}
							value={percent}
							onChange={(value) => set(index, { percent: value ?? 1 })}
						/>
						<span className="pt-7 text-right text-xs text-ink-3 tabular-nums">
							≈ {formatCount(Math.round((total * percent) / 100))}
						</span>
						<IconButton
							icon={X}
							className="mt-6"
							label={t('Remove split {number}', { number: index + 1 })}
							blocked={parts.length <= 2 ? t('At least two splits') : undefined}
							onClick={() => setParts(parts.toSpliced(index, 1))}
						/>
					</div>
				))}
				<Button
					size="sm"
					kind="ghost"
					icon={Plus}
					className="self-start"
					onClick={() => setParts([...parts, { split: '', percent: 10 }])}
				>
					{t('Add split')}
				</Button>
			</fieldset>
			<div className="grid grid-cols-2 items-start gap-3">
				<NumberField
					label={t('Seed')}
					min={0}
					max={0xffff_ffff}
					value={seed}
					onChange={(value) => setSeed(value ?? 1)}
				/>
				<div>
					<p className="mb-[5px] text-xs font-medium text-ink-2">{t('Balance')}</p>
					<ChoiceMenu
						label={t('Balance')}
						value={mixture}
						options={[
							{ value: 'none', words: t('Not balanced') },
							{ value: 'tags', words: t('Same mix of tags in each split') },
							{ value: 'target', words: t('Same mix of targets in each split') },
							...(facets?.variables ?? []).map((name) => ({
								value: `variable:${name}`,
								words: t('Same mix of {name} in each split', { name }),
							})),
						]}
						onChange={setMixture}
					/>
				</div>
			</div>
			<Switch
				label={t('Keep clusters together')}
				description={t('Puts samples that share a passage or conversation into one split.')}
				checked={keepClusters}
				onChange={setKeepClusters}
			/>
		</FormDialog>
	);
}

function stratifyOf(mixture: string): RandomSplit['stratify'] {
	if (mixture === 'tags' || mixture === 'target') return { by: mixture };
	return mixture === 'none' ? null : { by: 'variable', name: mixture.slice('variable:'.length) };
}

/** A split and its share of the samples, in whole per cent. */
interface SplitPart {
	readonly split: string;
	readonly percent: number;
}

/** Returns the reason why these parts are invalid; null if they are valid. */
export function findSplitProblem(parts: readonly SplitPart[]): string | null {
	const names = parts.map(({ split }) => split.trim());
	if (names.includes('')) return t('Name every split');
	if (new Set(names).size < names.length) return t('Split names must differ');
	const sum = parts.reduce((total, { percent }) => total + percent, 0);
	return sum === 100
		? null
		: t('Shares must add up to {all} (now {sum})', {
				all: formatPercentage(100),
				sum: formatPercentage(sum),
			});
}

/** Converts the parts to call input, as shares of 1. */
export function toShares(parts: readonly SplitPart[]): { split: string; share: number }[] {
	return parts.map(({ split, percent }) => ({ split: split.trim(), share: percent / 100 }));
}
