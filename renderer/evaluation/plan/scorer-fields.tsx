import { useState } from 'react';
import { faithfulnessRubric, mtBenchJudge } from '../../../electron/contract/evaluation/defaults.ts';
import type { Scorer } from '../../../electron/contract/evaluation/scorer.ts';
import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import { Button } from '../../design/button.tsx';
import { Select } from '../../design/select.tsx';
import { TextArea, TextField } from '../../design/text-field.tsx';
import { t } from '../../messages/t.ts';
import { InlineCheckbox, InlineNumber, InlineText } from './inline-fields.tsx';
import { JudgeCheck } from './judge-check.tsx';
import { completeScorer } from './run-draft.ts';
import { ScorerAdvancedFields } from './scorer-advanced-fields.tsx';

/** Parameters of the user's own function. */
const parameters = ['input', 'target', 'output', 'answer', 'choices', 'variables', 'metadata'];
const signature = `score({ ${parameters.join(', ')} })`;

const schemaExample = '{ "type": "object", "required": ["topic"] }';

/** Settings of a scorer: the most important ones, and the rest behind "More". */
export function ScorerFields(props: {
	scorer: Scorer;
	files: readonly ModelFile[];
	onChange: (scorer: Scorer) => void;
}) {
	return (
		<>
			<MainFields {...props} />
			<ScorerAdvancedFields scorer={props.scorer} onChange={props.onChange} />
		</>
	);
}

function MainFields({
	scorer,
	files,
	onChange,
}: {
	scorer: Scorer;
	files: readonly ModelFile[];
	onChange: (scorer: Scorer) => void;
}) {
	switch (scorer.kind) {
		case 'exact':
		case 'includes':
		case 'levenshtein':
			return (
				<>
					<InlineCheckbox
						label={t('Ignore case')}
						checked={scorer.ignoreCase}
						onChange={() => onChange({ ...scorer, ignoreCase: !scorer.ignoreCase })}
					/>
					<InlineCheckbox
						label={t('Ignore punctuation')}
						checked={scorer.ignorePunctuation}
						onChange={() => onChange({ ...scorer, ignorePunctuation: !scorer.ignorePunctuation })}
					/>
					{scorer.kind === 'levenshtein' ? null : (
						<InlineText
							label={t('Alternatives separator')}
							value={scorer.separator}
							onChange={(separator) => onChange({ ...scorer, separator: separator.slice(0, 20) })}
							placeholder={t('none')}
							width={56}
						/>
					)}
				</>
			);
		case 'numeric':
			return (
				<>
					<Select
						label={t('Number to compare')}
						value={scorer.find}
						onChange={(find) => onChange({ ...scorer, find })}
						options={[
							{ value: 'last', words: t('the last number') },
							{ value: 'first', words: t('the first number') },
							{ value: 'whole', words: t('the whole answer') },
							{ value: 'gsm8k-strict', words: t('after ####, as GSM8K') },
							{ value: 'gsm8k-flexible', words: t('the last, as GSM8K') },
						]}
					/>
					<InlineNumber
						label={t('Within')}
						value={scorer.tolerance}
						onChange={(tolerance) => onChange({ ...scorer, tolerance: tolerance ?? 0 })}
						min={0}
						max={1e12}
						step={0.01}
						digits={6}
					/>
					<InlineNumber
						label={t('or', {}, 'within 0.1 or 5 % of the target')}
						unit={t('% of the target')}
						value={scorer.relativeTolerance * 100}
						onChange={(share) => onChange({ ...scorer, relativeTolerance: (share ?? 0) / 100 })}
						min={0}
						max={1000}
						step={0.5}
						digits={3}
					/>
				</>
			);
		case 'json-fields':
			return (
				<>
					<InlineCheckbox
						label={t('Ignore case')}
						checked={scorer.ignoreCase}
						onChange={() => onChange({ ...scorer, ignoreCase: !scorer.ignoreCase })}
					/>
					<Select
						label={t('Score')}
						value={scorer.require}
						onChange={(require) => onChange({ ...scorer, require })}
						options={[
							{ value: 'share', words: t('share of right fields') },
							{ value: 'all', words: t('all fields or nothing') },
						]}
					/>
					<FieldsField scorer={scorer} onChange={onChange} />
				</>
			);
		case 'json':
			return <SchemaField scorer={scorer} onChange={onChange} />;
		case 'regex':
			return (
				<>
					<div className="w-full">
						<TextField
							label={t('Pattern')}
							hint={t('RE2 syntax')}
							mono
							value={scorer.pattern}
							onChange={(event) => onChange({ ...scorer, pattern: event.target.value })}
							placeholder={t('^(yes|no)\\b')}
						/>
					</div>
					<InlineCheckbox
						label={t('Ignore case')}
						checked={scorer.ignoreCase}
						onChange={() => onChange({ ...scorer, ignoreCase: !scorer.ignoreCase })}
					/>
					<Select
						label={t('Right if')}
						value={scorer.right}
						onChange={(right) => onChange({ ...scorer, right })}
						options={[
							{ value: 'match', words: t('right if it matches') },
							{ value: 'no-match', words: t('right if it doesn’t match') },
						]}
					/>
				</>
			);
		case 'choice':
			return (
				<Select
					label={t('Measure', {}, 'how a score is computed: the noun')}
					value={scorer.measure}
					onChange={(measure) => onChange({ ...scorer, measure })}
					options={[
						{ value: 'acc', words: t('likelihood (acc)') },
						{ value: 'acc-norm', words: t('likelihood by characters (acc_norm)') },
						{ value: 'acc-bytes', words: t('likelihood by bytes') },
						{ value: 'mutual-information', words: t('minus likelihood without the question') },
						{ value: 'brier', words: t('Brier score (1 is best)') },
					]}
				/>
			);
		case 'rouge-l':
			return (
				<Select
					label={t('Measure', {}, 'how a score is computed: the noun')}
					value={scorer.measure}
					onChange={(measure) => onChange({ ...scorer, measure })}
					options={[
						{ value: 'f1', words: 'F1' },
						{ value: 'precision', words: t('precision') },
						{ value: 'recall', words: t('recall') },
					]}
				/>
			);
		case 'tool-calls':
			return (
				<Select
					label={t('Score')}
					value={scorer.part}
					onChange={(part) => onChange({ ...scorer, part })}
					options={[
						{ value: 'call', words: t('every call right, and no other') },
						{ value: 'tool', words: t('right tools') },
						{ value: 'schema', words: t('arguments that follow the schema') },
						{ value: 'arguments', words: t('share of calls with right arguments') },
						{ value: 'steps', words: t('no more calls than needed') },
						{ value: 'result', words: t('the target in the last words') },
					]}
				/>
			);
		case 'sources':
			return (
				<>
					<Select
						label={t('Measure', {}, 'how a score is computed: the noun')}
						value={scorer.measure}
						onChange={(measure) => onChange({ ...scorer, measure })}
						options={[
							{ value: 'recall', words: t('share of expected sources (recall)') },
							{ value: 'mrr', words: t('rank of the first (MRR)') },
							{ value: 'ndcg', words: t('order of all (nDCG)') },
							{ value: 'precision', words: t('expected before others (context precision)') },
						]}
					/>
					<InlineNumber
						label={t('First')}
						unit={t('passages')}
						value={scorer.k}
						onChange={(k) => onChange({ ...scorer, k })}
						min={1}
						max={200}
						empty={t('all')}
						width={48}
					/>
					<InlineText
						label={t('Column')}
						value={scorer.column}
						onChange={(column) => onChange({ ...scorer, column: column || 'sources' })}
					/>
				</>
			);
		case 'quotes':
			return null;
		case 'ifeval':
			return (
				<>
					<Select
						label={t('Strictness')}
						value={scorer.mode}
						onChange={(mode) => onChange({ ...scorer, mode })}
						options={[
							{ value: 'strict', words: t('strict') },
							{ value: 'loose', words: t('loose') },
						]}
					/>
					<Select
						label={t('Score')}
						value={scorer.level}
						onChange={(level) => onChange({ ...scorer, level })}
						options={[
							{ value: 'prompt', words: t('samples with every instruction followed') },
							{ value: 'instruction', words: t('instructions followed') },
						]}
					/>
				</>
			);
		case 'javascript':
			return (
				<div className="w-full">
					<TextArea
						mono
						label={t('Function')}
						hint={signature}
						value={scorer.code}
						spellCheck={false}
						onChange={(event) => onChange({ ...scorer, code: event.target.value })}
					/>
				</div>
			);
		case 'judge':
			return (
				<>
					<Select
						label={t('Judge model')}
						value={String(scorer.modelFileId)}
						onChange={(id) => onChange({ ...scorer, modelFileId: Number(id) })}
						options={judgesOf(files, scorer.modelFileId)}
					/>
					<Select
						label={t('Verdict')}
						value={scorer.scale}
						onChange={(scale) => onChange({ ...scorer, scale })}
						options={[
							{ value: 'pass-fail', words: t('pass or fail') },
							{ value: 'grade', words: t('grade from 1 to 5') },
							{ value: 'grade-10', words: t('grade from 1 to 10') },
							{ value: 'pair', words: t('better than the target') },
						]}
					/>
					<InlineCheckbox
						label={t('Give reasons first')}
						checked={scorer.reasons}
						onChange={() => onChange({ ...scorer, reasons: !scorer.reasons })}
					/>
					<div className="w-full">
						<TextArea
							label={t('Rubric')}
							value={scorer.rubric}
							onChange={(event) => onChange({ ...scorer, rubric: event.target.value })}
							placeholder={t('The answer is polite, names the refund, and promises nothing else.')}
						/>
					</div>
					{scorer.rubric === '' ? (
						<Button
							kind="ghost"
							size="sm"
							className="-ml-2"
							onClick={() =>
								onChange(completeScorer({ ...mtBenchJudge(scorer.modelFileId), showTarget: scorer.showTarget }))
							}
						>
							{t('Use the MT-Bench rubric')}
						</Button>
					) : null}
					<InlineCheckbox
						label={t('Show the judge what was looked up')}
						checked={scorer.showSources === true}
						onChange={() => {
							const { showSources, ...rest } = scorer;
							const rubric = rest.rubric.trim() === '' ? faithfulnessRubric : rest.rubric;
							onChange(showSources === true ? rest : { ...rest, rubric, showSources: true });
						}}
					/>
					<JudgeCheck judge={scorer} />
				</>
			);
		case 'letter':
			return null;
	}
}

/** Lists the models that can judge, plus the chosen one even if it can't, as in a config file. */
function judgesOf(files: readonly ModelFile[], chosen: number): { value: string; words: string }[] {
	const judges = files
		.filter(({ problem, chat }) => problem === null && chat)
		.map(({ id, name, quantization }) => ({ value: String(id), words: `${name} ${quantization}` }));
	return judges.some(({ value }) => value === String(chosen))
		? judges
		: [{ value: String(chosen), words: t('Choose a model') }, ...judges];
}

type FieldScorer = Extract<Scorer, { kind: 'json-fields' }>;

/** Fields of the target to compare; all of them unless the user names some. */
function FieldsField({ scorer, onChange }: { scorer: FieldScorer; onChange: (scorer: FieldScorer) => void }) {
	const [text, setText] = useState(scorer.fields.join(', '));
	const [open, setOpen] = useState(scorer.fields.length > 0);
	if (!open) {
		return (
			<Button kind="ghost" size="sm" onClick={() => setOpen(true)}>
				{t('Only some fields')}
			</Button>
		);
	}
	return (
		<div className="w-full">
			<TextField
				autoFocus={scorer.fields.length === 0}
				label={t('Fields to compare')}
				hint={t('separated by commas; none: all')}
				mono
				value={text}
				onChange={(event) => {
					setText(event.target.value);
					const fields = event.target.value.split(',').map((field) => field.trim());
					onChange({ ...scorer, fields: fields.filter((field) => field !== '') });
				}}
				placeholder={t('topic, address.city')}
			/>
		</div>
	);
}

type JsonScorer = Extract<Scorer, { kind: 'json' }>;

function schemaOf(text: string): JsonScorer['schema'] | undefined {
	if (text.trim() === '') return null;
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'boolean') return value;
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: undefined;
	} catch {
		return undefined;
	}
}

/** A JSON schema as text; invalid text stays in the field with an error, and the last valid schema applies. */
function SchemaField({ scorer, onChange }: { scorer: JsonScorer; onChange: (scorer: JsonScorer) => void }) {
	const [text, setText] = useState(scorer.schema === null ? '' : JSON.stringify(scorer.schema, null, 2));
	const [open, setOpen] = useState(scorer.schema !== null);
	const wrong = schemaOf(text) === undefined;
	if (!open) {
		return (
			<Button kind="ghost" size="sm" className="-ml-2" onClick={() => setOpen(true)}>
				{t('Follow a schema')}
			</Button>
		);
	}
	return (
		<div className="w-full">
			<TextArea
				autoFocus={scorer.schema === null}
				label={t('JSON schema')}
				mono
				hint={wrong ? <span className="text-bad">{t('not a JSON object yet')}</span> : t('none: any JSON is right')}
				value={text}
				spellCheck={false}
				onChange={(event) => {
					setText(event.target.value);
					const schema = schemaOf(event.target.value);
					if (schema !== undefined) onChange({ ...scorer, schema });
				}}
				placeholder={schemaExample}
			/>
		</div>
	);
}
