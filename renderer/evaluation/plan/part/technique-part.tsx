import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { Technique } from '../../../../electron/contract/evaluation/technique.ts';
import { type DatasetLook, exampleSplit } from '../../../../electron/contract/prompt/defaults.ts';
import { Button, buttonClass, IconButton } from '../../../design/button.tsx';
import { Select } from '../../../design/field/select.tsx';
import { Icon } from '../../../design/icon.tsx';
import { Menu, MenuItem } from '../../../design/menu.tsx';
import { techniqueWords } from '../../words.ts';
import { techniqueOf } from '../draft.ts';
import { mostShots } from '../set-apart.ts';
import type { Plan } from '../use-plan.ts';
import { Part } from './part.tsx';
import { SmallNumber } from './small-number.tsx';

/** Each way to put the question, in the order in which they are offered. */
export const techniqueKinds: Record<Technique['kind'], { words: string; hint: string }> = {
	'zero-shot': { words: 'Zero-shot', hint: 'the question alone' },
	'few-shot': { words: 'Examples', hint: 'solved samples before the question' },
	'chain-of-thought': { words: 'Chain of thought', hint: 'thinks first, then answers' },
	'self-consistency': { words: 'Self-consistency', hint: 'several chains of thought, the most frequent answer counts' },
	'choice-letter': { words: 'Letter of the choice', hint: 'choices with letters, the model writes one' },
	'choice-likelihood': { words: 'Likeliest choice', hint: 'nothing is written: the choice the model finds likeliest' },
};

/** How the question is put: each a row of its own in the result. */
export function TechniquePart({ plan: { draft, look, change, setApart } }: { plan: Plan }) {
	const { techniques } = draft;
	const splits = splitsOf(look);
	const examples = exampleSplit(look);
	const put = (index: number, next: Technique): void =>
		change({ techniques: techniques.map((one, at) => (at === index ? next : one)) });
	return (
		<Part
			title="Techniques"
			hint="How the question is put."
			action={
				<Menu
					align="start"
					width={320}
					trigger={
						<button type="button" className={`${buttonClass('ghost', 'sm')} -ml-2`}>
							<Icon of={Plus} size={14} />
							Add a technique
						</button>
					}
				>
					{offeredTechniques(look).map((kind) => (
						<MenuItem key={kind} onSelect={() => change({ techniques: [...techniques, newTechnique(kind, examples)] })}>
							<span className="block py-1">
								<span className="block">{techniqueKinds[kind].words}</span>
								<span className="block text-xs text-wrap text-ink-3">{techniqueKinds[kind].hint}</span>
							</span>
						</MenuItem>
					))}
				</Menu>
			}
		>
			{techniques.map((technique, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: two techniques may be alike while they are edited
				<div key={index} className="flex min-h-7 w-full flex-wrap items-center gap-x-3 gap-y-1.5">
					<span className="w-36 flex-none font-medium">{techniqueKinds[technique.kind].words}</span>
					<TechniqueFields technique={technique} splits={splits} onChange={(next) => put(index, next)} />
					<span className="flex-1" />
					{techniques.length === 1 ? null : (
						<IconButton
							icon={X}
							size="sm"
							label={`Remove ${techniqueWords(technique)}`}
							onClick={() => change({ techniques: techniques.filter((_, at) => at !== index) })}
						/>
					)}
				</div>
			))}
			{mostShots(techniques) > 0 && splits.length === 1 ? <NothingApart split={splits[0]} setApart={setApart} /> : null}
		</Part>
	);
}

/** Splits of the dataset. */
export function splitsOf(look: DatasetLook | null): readonly string[] {
	return (look?.facets.splits ?? []).map(({ split }) => split);
}

/** Ways to ask that the samples allow: choices need choices. */
export function offeredTechniques(look: DatasetLook | null): readonly Technique['kind'][] {
	const choices = (look?.facets.withChoices ?? 0) > 0;
	return (Object.keys(techniqueKinds) as Technique['kind'][]).filter((kind) => choices || !kind.startsWith('choice'));
}

/** Examples are never rows that are tested: a dataset of one split has none to show. */
function NothingApart({ split, setApart }: { split: string | undefined; setApart: () => Promise<void> }) {
	const [busy, setBusy] = useState(false);
	return (
		<div className="flex w-full flex-wrap items-center gap-x-3 gap-y-1.5 rounded-[8px] bg-warn-soft px-3 py-2 text-xs">
			<span className="min-w-48 flex-1 text-pretty">
				Every sample is in “{split}” and tested. Examples come from a split that is not.
			</span>
			<Button
				size="sm"
				busy={busy ? 'Setting apart' : undefined}
				onClick={() => {
					setBusy(true);
					void setApart().finally(() => setBusy(false));
				}}
			>
				Set some apart
			</Button>
		</div>
	);
}

/** What a technique begins with. `split`: where its examples come from. */
export function newTechnique(kind: Technique['kind'], split: string): Technique {
	if (kind === 'zero-shot') return techniqueOf({ kind });
	if (kind === 'few-shot') return techniqueOf({ kind, shots: 3, split });
	return techniqueOf({ kind, split });
}

/** What can be set of a technique. */
export function TechniqueFields({
	technique,
	splits,
	onChange,
}: {
	technique: Technique;
	splits: readonly string[];
	onChange: (technique: Technique) => void;
}) {
	if (technique.kind === 'zero-shot')
		return <span className="text-xs text-ink-3">{techniqueKinds['zero-shot'].hint}</span>;
	const least = technique.kind === 'few-shot' ? 1 : 0;
	return (
		<>
			{technique.kind === 'self-consistency' ? (
				<>
					<SmallNumber
						label="Answers"
						value={technique.k}
						onChange={(k) => onChange({ ...technique, k: k ?? 5 })}
						min={2}
						max={128}
						width={48}
					/>
					<SmallNumber
						label="Temperature"
						value={technique.temperature}
						onChange={(temperature) => onChange({ ...technique, temperature: temperature ?? 0.7 })}
						min={0.05}
						max={5}
						step={0.1}
						digits={2}
						width={52}
					/>
				</>
			) : null}
			{technique.kind === 'choice-likelihood' ? (
				<Select
					label="What is scored"
					value={technique.form}
					onChange={(form) => onChange({ ...technique, form })}
					options={[
						{ value: 'text', words: 'texts of the choices' },
						{ value: 'letters', words: 'letters of the choices' },
						{ value: 'blank', words: 'the blank filled in' },
					]}
				/>
			) : null}
			<SmallNumber
				label="Examples"
				value={technique.shots}
				onChange={(shots) => onChange({ ...technique, shots: Math.max(least, shots ?? least) })}
				min={least}
				max={64}
				width={48}
			/>
			{technique.shots === 0 || splits.length < 2 ? null : (
				<span className="inline-flex items-center gap-1.5">
					<span className="text-xs text-ink-2">from</span>
					<Select
						label="Split that examples come from"
						value={technique.split}
						onChange={(split) => onChange({ ...technique, split })}
						options={[...new Set([...splits, technique.split])].map((split) => ({ value: split, words: split }))}
					/>
				</span>
			)}
		</>
	);
}
