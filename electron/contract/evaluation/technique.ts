import { z } from 'zod';
import { saidSchema } from '../../../models/contract/said-schema.ts';
import { answerFormatSchema } from '../answer-format.ts';
import { toolTechniqueShape } from './tool-task.ts';

const patternSchema = z.string().min(1).max(2_000);

/** How to extract the answer from a longer output. Without a match there is no answer, which scores as wrong. */
export const extractionSchema = z.discriminatedUnion('kind', [
	/** The whole output, trimmed. */
	z.object({ kind: z.literal('whole') }),
	/** The rest of the line after the last `marker`, ignoring case, without the final full stop. */
	z.object({ kind: z.literal('after'), marker: z.string().min(1).max(200) }),
	/** A regular expression in RE2 syntax: no look-around, no backreferences. `group` 0 is the whole match. */
	z.object({
		kind: z.literal('regex'),
		pattern: patternSchema,
		group: z.int().min(0).max(20).default(1),
		take: z.enum(['first', 'last']).default('last'),
		ignoreCase: z.boolean().default(false),
	}),
	/** The last number in the output: "1,234", "$18", "-0.5", "50 %". */
	z.object({ kind: z.literal('last-number') }),
	/**
	 * As lm-evaluation-harness does for GSM8K. 'strict': after the first `####`; 'flexible': the last run of digits,
	 * points and commas.
	 */
	z.object({ kind: z.literal('gsm8k'), mode: z.enum(['strict', 'flexible']).default('strict') }),
	/** The letter of a choice: "B", "(B)", "The answer is B." */
	z.object({ kind: z.literal('letter') }),
	/** The last line that is not blank. */
	z.object({ kind: z.literal('last-line') }),
	/** The content of the last `\boxed{…}`, as models trained on mathematics write it. */
	z.object({ kind: z.literal('boxed') }),
	/** A field of the first JSON object in the output: "answer", "result.value". */
	z.object({ kind: z.literal('json'), field: z.string().min(1).max(200) }),
]);

/** Examples before the question, drawn once per run from a split, never from the tested rows. */
const examplesShape = {
	shots: z.int().min(0).max(64),
	/** The dataset split that examples come from. */
	split: z.string().min(1).max(60).default('examples'),
	/** The same seed draws the same examples. */
	seed: z.int().min(0).max(0xffff_ffff).default(1),
	/** 'first': the first ones of the split, like MMLU's five of dev. */
	pick: z.enum(['random', 'first']).default('random'),
	/** The answer of an example: a template over its row, such as a column that holds the reasoning. */
	answer: z.string().min(1).max(10_000).default('{{target}}'),
};
const maybeExamples = { ...examplesShape, shots: examplesShape.shots.default(0) };

/** Instruction to think first, appended to the prompt. */
export const defaultReasoningInstruction =
	'Think step by step. Then write the final answer alone on the last line, after "Answer:".';

export const defaultLetterInstruction = 'Answer with the letter of the right choice and nothing else.';

const reasoningShape = {
	/** Appended to the prompt; '': the prompt contains the instruction. */
	instruction: z.string().max(10_000).default(defaultReasoningInstruction),
	extract: extractionSchema.default({ kind: 'after', marker: 'Answer:' }),
	...maybeExamples,
};

const directExtraction = extractionSchema.default({ kind: 'whole' });

/** A grammar forces the model to write in the answer format. */
const zeroShotSchema = z.object({
	kind: z.literal('zero-shot'),
	answerFormat: answerFormatSchema,
	extract: directExtraction,
});
const fewShotSchema = z.object({
	kind: z.literal('few-shot'),
	...examplesShape,
	shots: z.int().min(1).max(64).default(5),
	answerFormat: answerFormatSchema,
	extract: directExtraction,
});

/** A config file may give the format as a JSON Schema instead of as its text. */
const formatAsSchema = { answerFormat: z.record(z.string(), z.unknown()) };
export const schemaTechniqueSchema = z
	.discriminatedUnion('kind', [zeroShotSchema.extend(formatAsSchema), fewShotSchema.extend(formatAsSchema)])
	.transform((technique) => ({ ...technique, answerFormat: JSON.stringify(technique.answerFormat) }));

/** How to put the question to the model: a variable of a run, like the model and the prompt. */
export const techniqueSchema = z.discriminatedUnion('kind', [
	zeroShotSchema,
	fewShotSchema,
	z.object({ kind: z.literal('chain-of-thought'), ...reasoningShape }),
	/** CoT@k: `k` answers at a temperature; the most frequent one counts, or the earliest of equally frequent ones. */
	z.object({
		kind: z.literal('self-consistency'),
		k: z.int().min(2).max(128).default(5),
		temperature: z.number().gt(0).max(5).default(0.7),
		...reasoningShape,
	}),
	/**
	 * Generates nothing: the choice that the model finds most likely counts (`choice` scorer). Plain text, no chat
	 * template.
	 */
	z.object({
		kind: z.literal('choice-likelihood'),
		/**
		 * 'text': prompt, then each choice's text (ARC, PIQA, HellaSwag, MMLU cloze). 'letters': prompt with lettered
		 * choices, then each letter (MMLU). 'blank': the choice replaces `_`, followed by the rest of the sentence
		 * (WinoGrande); without a `_` in the input, each choice is a whole beginning and the input is the rest.
		 */
		form: z.enum(['text', 'letters', 'blank']).default('text'),
		/** Between the prompt and a choice. */
		delimiter: z.string().max(200).default(' '),
		/** Also scores each choice with nothing before it, for `mutual-information`. */
		unconditional: z.boolean().default(false),
		...maybeExamples,
	}),
	/** The prompt lists choices with letters and the model writes one. */
	z.object({
		kind: z.literal('choice-letter'),
		instruction: z.string().max(10_000).default(defaultLetterInstruction),
		/** A grammar forces the model to write a single letter. */
		forced: z.boolean().default(false),
		...maybeExamples,
	}),
	/** Tools are offered, and what the model calls counts (`tool-calls` scorer). Their results are recorded or computed. */
	z.object({ kind: z.literal('tools'), ...toolTechniqueShape, extract: directExtraction }),
]);

/** The outputs to try a rule on: those of an arm, or of all listed arms; null: the newest arm that was asked alike. */
export const trialSourceSchema = z.union([z.int(), z.literal('all')]).nullable();

/** The result of trying a rule on outputs of the dataset's runs. */
export const extractionTrialSchema = z.object({
	/** The newest arms with outputs, those that were asked alike first; empty: no run of the dataset has any. */
	arms: z.array(
		z.object({
			armId: z.int(),
			run: z.object({ id: z.int(), name: z.string() }),
			label: z.string(),
			said: z.array(saidSchema).optional(),
			/** Outputs that were tried, and those with an answer. */
			tried: z.int(),
			found: z.int(),
		}),
	),
	/** The arm or arms that the rows come from. */
	source: trialSourceSchema,
	/** Some of the outputs, those without an answer first. For a long `output`, only its end. */
	rows: z.array(
		z.object({
			armId: z.int(),
			key: z.string(),
			output: z.string(),
			answer: z.string().nullable(),
			target: z.string().nullable(),
		}),
	),
});

export type Extraction = z.infer<typeof extractionSchema>;
export type ExtractionTrial = z.infer<typeof extractionTrialSchema>;
export type TrialSource = z.infer<typeof trialSourceSchema>;
export type Technique = z.infer<typeof techniqueSchema>;
/** As a user or a config file gives it: fields with a default may be left out. */
export type TechniqueInput = z.input<typeof techniqueSchema>;
