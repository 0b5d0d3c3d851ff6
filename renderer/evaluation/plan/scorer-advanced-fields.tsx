import type { Scorer } from '../../../electron/contract/evaluation/scorer.ts';
import { TextArea } from '../../design/text-field.tsx';
import { t } from '../../messages/t.ts';
import { FieldLine, InlineCheckbox, InlineNumber, InlineText, MoreFields } from './inline-fields.tsx';
import { createScorer } from './run-draft.ts';
import { scorerKinds } from './scorer-kinds.ts';

interface Flag {
	readonly key: string;
	readonly label: string;
}

/** Boolean options by the scorer's field; common ones come before "More". */
const flags: readonly Flag[] = [
	{ key: 'ignoreWhitespace', label: t('Collapse white space') },
	{ key: 'ignoreArticles', label: t('Ignore a, an, the') },
	{ key: 'all', label: t('Require all alternatives') },
	{ key: 'multiline', label: t('^ and $ also match at lines') },
	{ key: 'dotAll', label: t('Dot matches line ends') },
	{ key: 'percentAsShare', label: t('“50 %” is 0.5') },
	{ key: 'allowFence', label: t('Accept JSON in a ``` fence') },
	{ key: 'showTarget', label: t('Show the judge the target') },
];

/** Rarely used settings of a scorer: its name, the text it compares answers with, and details of its rule. */
export function ScorerAdvancedFields({ scorer, onChange }: { scorer: Scorer; onChange: (scorer: Scorer) => void }) {
	const own: Readonly<Record<string, unknown>> = scorer;
	// A judge of pairs always sees the target.
	const shown = flags.filter(
		({ key }) => key in own && !(key === 'showTarget' && scorer.kind === 'judge' && scorer.scale === 'pair'),
	);
	return (
		<MoreFields about={scorerKinds[scorer.kind].words} changed={isChanged(scorer)}>
			<FieldLine>
				<InlineText
					label={t('Name')}
					value={scorer.name ?? ''}
					onChange={(name) => onChange(named(scorer, name))}
					placeholder={scorer.kind}
					width={160}
				/>
				{scorer.kind === 'json-fields' ? (
					<InlineNumber
						label={t('Number tolerance')}
						value={scorer.tolerance}
						onChange={(tolerance) => onChange({ ...scorer, tolerance: tolerance ?? 0 })}
						min={0}
						max={1e12}
						step={0.01}
						digits={6}
					/>
				) : null}
				{scorer.kind === 'javascript' ? (
					<>
						<InlineNumber
							label={t('At most')}
							unit={t('ms a call')}
							value={scorer.timeMs}
							onChange={(timeMs) => onChange({ ...scorer, timeMs: timeMs ?? 1_000 })}
							min={10}
							max={10_000}
						/>
						<InlineNumber
							label={t('and', {}, 'at most 1,000 ms a call and 32 MB')}
							unit="MB"
							value={scorer.memoryMb}
							onChange={(memoryMb) => onChange({ ...scorer, memoryMb: memoryMb ?? 32 })}
							min={2}
							max={256}
							width={48}
						/>
					</>
				) : null}
			</FieldLine>
			<FieldLine>
				{shown.map(({ key, label }) => (
					<InlineCheckbox
						key={key}
						label={label}
						checked={own[key] === true}
						onChange={() => onChange({ ...own, [key]: own[key] !== true } as Scorer)}
					/>
				))}
			</FieldLine>
			{'expected' in scorer ? (
				<TextArea
					label={t('Expected answer')}
					hint={t('{variable}, or a column', { variable: '{{target}}' })}
					mono
					maxHeight={120}
					value={scorer.expected}
					onChange={(event) => onChange({ ...scorer, expected: event.target.value })}
				/>
			) : null}
		</MoreFields>
	);
}

function named(scorer: Scorer, name: string): Scorer {
	const { name: _, ...rest } = scorer;
	return name === '' ? rest : { ...rest, name: name.slice(0, 60) };
}

/** Whether anything here differs from the defaults of its kind; the name does not count. */
function isChanged(scorer: Scorer): boolean {
	const usual: Readonly<Record<string, unknown>> = createScorer(scorer.kind, 0);
	const own: Readonly<Record<string, unknown>> = scorer;
	const keys = ['expected', 'timeMs', 'memoryMb', ...flags.map(({ key }) => key)];
	return [...keys, ...(scorer.kind === 'json-fields' ? ['tolerance'] : [])].some((key) => own[key] !== usual[key]);
}
