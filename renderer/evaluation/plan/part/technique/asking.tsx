import type { Technique } from '../../../../../electron/contract/evaluation/technique.ts';
import { Select } from '../../../../design/field/select.tsx';
import { TextArea } from '../../../../design/field/text-field.tsx';
import { describeTechnique } from '../../../words.ts';
import { completeTechnique } from '../../draft.ts';
import type { Plan } from '../../use-plan.ts';
import { FieldLine, MoreFields } from '../field/more.tsx';
import { InlineNumber } from '../field/small-number.tsx';
import { InlineCheckbox } from '../field/tick.tsx';
import { DelimiterField } from './delimiter-field.tsx';
import { PromptPreview } from './prompt-preview.tsx';

/** What the technique adds to the prompt, and what a model is then given. */
export function AskingFields({
	plan,
	index,
	technique,
	onChange,
}: {
	plan: Plan;
	index: number;
	technique: Technique;
	onChange: (technique: Technique) => void;
}) {
	return (
		<MoreFields label="How it is asked" about={describeTechnique(technique)} changed={isChanged(technique)}>
			{'instruction' in technique ? (
				<TextArea
					label="Added to the prompt"
					hint="empty: the prompt says it itself"
					maxHeight={120}
					value={technique.instruction}
					onChange={(event) => onChange({ ...technique, instruction: event.target.value })}
				/>
			) : null}
			{technique.kind === 'choice-likelihood' ? (
				<FieldLine>
					<DelimiterField value={technique.delimiter} onChange={(delimiter) => onChange({ ...technique, delimiter })} />
					<InlineCheckbox
						label="Also score each choice without the question"
						checked={technique.unconditional}
						onChange={() => onChange({ ...technique, unconditional: !technique.unconditional })}
					/>
				</FieldLine>
			) : null}
			{'shots' in technique && technique.shots > 0 ? <ExampleFields technique={technique} onChange={onChange} /> : null}
			<PromptPreview plan={plan} index={index} />
		</MoreFields>
	);
}

/** Which examples are shown, and what each answers. */
function ExampleFields({
	technique,
	onChange,
}: {
	technique: Exclude<Technique, { kind: 'zero-shot' }>;
	onChange: (technique: Technique) => void;
}) {
	const isChoice = technique.kind === 'choice-likelihood' || technique.kind === 'choice-letter';
	const { answer } = technique;
	return (
		<>
			<FieldLine>
				<span className="inline-flex items-center gap-1.5">
					<span className="text-xs text-ink-2">Examples are</span>
					<Select
						label="Which examples"
						value={technique.pick}
						onChange={(pick) => onChange({ ...technique, pick })}
						options={[
							{ value: 'random', words: 'drawn at random' },
							{ value: 'first', words: 'the first of the split' },
						]}
					/>
				</span>
				{technique.pick === 'random' ? (
					<InlineNumber
						label="Seed"
						value={technique.seed}
						onChange={(seed) => onChange({ ...technique, seed: seed ?? 1 })}
						min={0}
						max={0xffff_ffff}
						width={84}
					/>
				) : null}
			</FieldLine>
			{/* Of choices it is always the right one. */}
			{isChoice ? null : (
				<TextArea
					label="What an example answers"
					hint="{{target}}, or a column"
					mono
					maxHeight={120}
					value={answer}
					error={answer === '' ? 'An example without an answer shows nothing: write {{target}}.' : undefined}
					onChange={(event) => onChange({ ...technique, answer: event.target.value })}
				/>
			)}
		</>
	);
}

/** Whether anything in here is not as the technique begins. */
function isChanged(technique: Technique): boolean {
	const usual = completeTechnique({ kind: technique.kind }) as Record<string, unknown>;
	const own = technique as Record<string, unknown>;
	const shown = 'shots' in technique && technique.shots > 0 ? ['pick', 'seed', 'answer'] : [];
	return ['instruction', 'delimiter', 'unconditional', ...shown].some((key) => own[key] !== usual[key]);
}
