import type { Extraction } from '../../../electron/contract/evaluation/technique.ts';
import { Select } from '../../design/select.tsx';
import { t } from '../../messages/t.ts';
import { createExtraction, extractionKinds } from './extraction-kinds.ts';
import { InlineCheckbox, InlineNumber, InlineText } from './inline-fields.tsx';

const kinds = Object.keys(extractionKinds) as Extraction['kind'][];

/**
 * Chooses the rule that extracts the answer from an output. `choices`: the samples have choices, whose letter can be
 * found.
 */
export function ExtractionFields({
	extract,
	choices,
	onChange,
}: {
	extract: Extraction;
	choices: boolean;
	onChange: (extract: Extraction) => void;
}) {
	return (
		<>
			<span className="inline-flex items-center gap-1.5">
				<span className="text-xs text-ink-2">{t('The answer is')}</span>
				<Select
					label={t('Extract answer')}
					value={extract.kind}
					onChange={(kind) => onChange(createExtraction(kind))}
					options={kinds
						.filter((kind) => kind !== 'letter' || choices || extract.kind === 'letter')
						.map((kind) => ({ value: kind, words: extractionKinds[kind] }))}
				/>
			</span>
			<RuleFields extract={extract} onChange={onChange} />
		</>
	);
}

function RuleFields({ extract, onChange }: { extract: Extraction; onChange: (extract: Extraction) => void }) {
	switch (extract.kind) {
		case 'after':
			return (
				<InlineText
					label={t('Marker')}
					value={extract.marker}
					onChange={(marker) => onChange({ ...extract, marker })}
					placeholder={t('Answer:')}
				/>
			);
		case 'json':
			return (
				<InlineText
					label={t('Field')}
					value={extract.field}
					onChange={(field) => onChange({ ...extract, field })}
					placeholder={t('result.value')}
				/>
			);
		case 'gsm8k':
			return (
				<Select
					label={t('Strictness')}
					value={extract.mode}
					onChange={(mode) => onChange({ ...extract, mode })}
					options={[
						{ value: 'strict', words: t('after ####') },
						{ value: 'flexible', words: t('the last number') },
					]}
				/>
			);
		case 'regex':
			return (
				<>
					<Select
						label={t('Match')}
						value={extract.take}
						onChange={(take) => onChange({ ...extract, take })}
						options={[
							{ value: 'last', words: t('the last match') },
							{ value: 'first', words: t('the first match') },
						]}
					/>
					<InlineText
						wide
						label={t('Pattern')}
						value={extract.pattern}
						onChange={(pattern) => onChange({ ...extract, pattern })}
						placeholder={t('answer is (\\w+)')}
					/>
					<InlineNumber
						label={t('Group')}
						value={extract.group}
						onChange={(group) => onChange({ ...extract, group: group ?? 0 })}
						min={0}
						max={20}
						width={44}
					/>
					<InlineCheckbox
						label={t('Ignore case')}
						checked={extract.ignoreCase}
						onChange={() => onChange({ ...extract, ignoreCase: !extract.ignoreCase })}
					/>
				</>
			);
		case 'whole':
		case 'last-line':
		case 'last-number':
		case 'letter':
		case 'boxed':
			return null;
	}
}
