import type { Technique } from '../../../electron/contract/evaluation/technique.ts';
import { pureTools } from '../../../electron/contract/evaluation/tool-task.ts';
import { Select } from '../../design/select.tsx';
import { t } from '../../messages/t.ts';
import { InlineCheckbox, InlineNumber } from './inline-fields.tsx';
import { techniqueKinds } from './technique-kinds.ts';

/** Settings of a technique. */
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
	if (technique.kind === 'tools') return <ToolFields technique={technique} onChange={onChange} />;
	const least = technique.kind === 'few-shot' ? 1 : 0;
	return (
		<>
			{technique.kind === 'self-consistency' ? (
				<>
					<InlineNumber
						label={t('Answers')}
						value={technique.k}
						onChange={(k) => onChange({ ...technique, k: k ?? 5 })}
						min={2}
						max={128}
						width={48}
					/>
					<InlineNumber
						label={t('Temperature')}
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
					label={t('Score')}
					value={technique.form}
					onChange={(form) => onChange({ ...technique, form })}
					options={[
						{ value: 'text', words: t('texts of the choices') },
						{ value: 'letters', words: t('letters of the choices') },
						{ value: 'blank', words: t('the blank filled in') },
					]}
				/>
			) : null}
			<InlineNumber
				label={t('Examples')}
				value={technique.shots}
				onChange={(shots) => onChange({ ...technique, shots: Math.max(least, shots ?? least) })}
				min={least}
				max={64}
				width={48}
			/>
			{technique.shots === 0 || splits.length < 2 ? null : (
				<span className="inline-flex items-center gap-1.5">
					<span className="text-xs text-ink-2">{t('from', {}, '5 examples from a split')}</span>
					<Select
						label={t('Split with the examples')}
						value={technique.split}
						onChange={(split) => onChange({ ...technique, split })}
						options={[...new Set([...splits, technique.split])].map((split) => ({ value: split, words: split }))}
					/>
				</span>
			)}
		</>
	);
}

/** What each built-in tool does, in a few words. */
const pureToolWords: Readonly<Record<(typeof pureTools)[number], string>> = {
	calculator: t('Calculator'),
	run_javascript: t('JavaScript'),
	current_time: t('Date and time'),
	calculate_date: t('Date calculation'),
	convert_units: t('Unit conversion'),
};

/** The samples bring their own tools; built-in ones can be added. */
function ToolFields({
	technique,
	onChange,
}: {
	technique: Extract<Technique, { kind: 'tools' }>;
	onChange: (technique: Technique) => void;
}) {
	return (
		<>
			<Select
				label={t('Calls')}
				value={technique.choice}
				onChange={(choice) => onChange({ ...technique, choice })}
				options={[
					{ value: 'auto', words: t('if the model wants to') },
					{ value: 'required', words: t('always, forced') },
				]}
			/>
			<InlineNumber
				label={t('Rounds of calls')}
				value={technique.rounds}
				onChange={(rounds) => onChange({ ...technique, rounds: rounds ?? 6 })}
				min={1}
				max={50}
				width={48}
			/>
			<fieldset className="flex w-full items-baseline gap-x-3">
				<legend className="sr-only">{t('Built-in tools')}</legend>
				<span className="flex-none text-xs text-ink-3" aria-hidden>
					{t('Also offer')}
				</span>
				<span className="flex flex-wrap gap-x-3 gap-y-1">
					{pureTools.map((name) => (
						<InlineCheckbox
							key={name}
							label={pureToolWords[name]}
							checked={technique.builtIn.includes(name)}
							onChange={() =>
								onChange({
									...technique,
									builtIn: pureTools.filter((one) => technique.builtIn.includes(one) !== (one === name)),
								})
							}
						/>
					))}
				</span>
			</fieldset>
		</>
	);
}
