import { Failure, type FailureFacts } from '../../models/contract/failure.ts';
import type { Turn } from '../../models/contract/generation.ts';
import type { ChatTemplate } from '../../models/contract/load.ts';
import { said, spoken } from '../../models/contract/said.ts';
import { inspectGguf } from '../../models/inspect/inspect-gguf.ts';
import { TemplateFault } from '../../models/jinja/fault.ts';
import { renderTemplate, TemplateEndless } from '../../models/prompt/chat-template.ts';
import { templateFamilies } from '../../models/prompt/template-families.ts';
import type { ChosenTemplate, ModelFile, ModelTemplate, TemplatePreview } from '../contract/library/schema.ts';
import type { LibrarySeam } from './model-service.ts';
import { forgetModelSetting, readModelSetting, writeModelSetting } from './store/model-settings.ts';

type Store = Pick<LibrarySeam, 'database'>;

/**
 * Longest times for a preview, which follows every key, and for the check of a template to use, ms: the main process
 * waits for them. A template of a model takes a few, and more on a busy computer.
 */
const limits = { preview: 300, check: 2_000 };

/** Facts of a file that a template needs. */
interface TemplateFacts {
	readonly file: string | null;
	readonly bosToken: string;
	readonly eosToken: string;
	readonly addsStart: boolean;
	readonly special: readonly string[];
}

/** Facts of the files asked about last, by path and modification: a preview follows every key. */
const known = new Map<string, Promise<TemplateFacts>>();
const mostKnown = 8;

async function readFacts(path: string): Promise<TemplateFacts> {
	const { facts, tokenizer } = await inspectGguf(path);
	const textOf = (role: string): string => tokenizer?.special.find((one) => one.role === role)?.text ?? '';
	return {
		file: facts.chatTemplate,
		bosToken: textOf('start'),
		eosToken: textOf('end'),
		// llama.cpp's default for the tokenizers that have a start token and don't say.
		addsStart: tokenizer?.addsStart ?? tokenizer?.model === 'llama',
		special: tokenizer?.special.flatMap(({ text }) => (text === null ? [] : [text])) ?? [],
	};
}

function factsOf({ path, sizeBytes }: Pick<ModelFile, 'path' | 'sizeBytes'>): Promise<TemplateFacts> {
	const key = `${sizeBytes} ${path}`;
	const found = known.get(key) ?? readFacts(path);
	known.delete(key);
	known.set(key, found);
	for (const oldest of known.keys()) {
		if (known.size <= mostKnown) break;
		known.delete(oldest);
	}
	found.catch(() => known.delete(key));
	return found;
}

/** Returns the template that the user chose for a model; null: the file's own. */
export function readChosenTemplate({ database }: Store, modelFileId: number): ChosenTemplate | null {
	return readModelSetting(database, modelFileId, 'chat-template');
}

/** Returns the part of a chosen template that the engine needs. */
export function templateForEngine({ source, stop }: ChosenTemplate): ChatTemplate {
	return { source, stop };
}

/** Returns how a model's conversations are written. Throws the Failure of a file that can't be read. */
export async function describeTemplate(store: Store, model: ModelFile): Promise<ModelTemplate> {
	const { file, bosToken, addsStart, special } = await factsOf(model);
	return {
		chosen: readChosenTemplate(store, model.id),
		file,
		start: addsStart ? bosToken : '',
		suggested: suggestFamily(model, special),
	};
}

/** Families by the architecture in a file's header; other architectures are used by models of several families. */
const familyOfArchitecture: Readonly<Record<string, string>> = {
	gemma: 'gemma',
	gemma2: 'gemma',
	gemma3: 'gemma',
	phi3: 'phi-3',
	qwen2: 'chatml',
	qwen3: 'chatml',
	deepseek2: 'deepseek',
	'command-r': 'command-r',
	cohere2: 'command-r',
};

/** Returns the family that a model was probably trained with; null if nothing tells. */
function suggestFamily({ architecture }: Pick<ModelFile, 'architecture'>, special: readonly string[]): string | null {
	const byToken = templateFamilies.find(({ stop }) => stop.some((text) => special.includes(text)));
	return byToken?.id ?? familyOfArchitecture[architecture] ?? null;
}

/** Stores the template, or forgets it. Returns whether it differs from before. Throws Failure `template-invalid`. */
export async function writeChosenTemplate(
	store: Pick<LibrarySeam, 'database' | 'clock'>,
	model: ModelFile,
	template: ChosenTemplate | null,
): Promise<boolean> {
	const before = readChosenTemplate(store, model.id);
	if (template === null) {
		forgetModelSetting(store.database, model.id, 'chat-template');
		return before !== null;
	}
	const message = 'Where is the lighthouse?';
	const { failure, text } = await previewTemplate(
		model,
		template.source,
		[{ role: 'user', content: message }],
		limits.check,
	);
	if (failure !== null) throw new Failure(failure);
	if (!text.includes(message)) throw leavesOutMessage();
	writeModelSetting(store.database, model.id, 'chat-template', template, store.clock());
	return JSON.stringify(before) !== JSON.stringify(template);
}

/** Writes a conversation with a template, as the model would receive it. Never throws what the template does wrong. */
export async function previewTemplate(
	model: Pick<ModelFile, 'path' | 'sizeBytes'>,
	source: string,
	turns: readonly Turn[],
	limitMs = limits.preview,
): Promise<TemplatePreview> {
	const { bosToken, eosToken, addsStart } = await factsOf(model);
	if (source.trim() === '') return { text: '', failure: emptyTemplate(), line: null };
	try {
		const text = renderTemplate(source, turns, { bosToken, eosToken }, limitMs);
		const lacksStart = addsStart && bosToken !== '' && !text.startsWith(bosToken);
		return { text: lacksStart ? `${bosToken}${text}` : text, failure: null, line: null };
	} catch (error) {
		const line = error instanceof TemplateFault ? error.line : null;
		return { text: '', failure: templateInvalid(error), line };
	}
}

function templateInvalid(error: unknown): FailureFacts {
	const next = ['Correct the template', 'Choose one of the known templates'];
	if (error instanceof TemplateEndless) {
		return spoken({ code: 'template-invalid', message: said`The template does not end: it probably loops.`, next });
	}
	const words = error instanceof Error ? error.message : String(error);
	const line = error instanceof TemplateFault ? error.line : null;
	const cause = words.replace(/ \(line \d+ of the template\)$/, '');
	const place = line === null ? 'The template fails' : `The template fails on line ${line}`;
	return { code: 'template-invalid', message: `${place}: ${cause}.`, next };
}

function emptyTemplate(): FailureFacts {
	return spoken({
		code: 'template-invalid',
		message: said`The template is empty.`,
		next: [said`Write a template`, said`Choose one of the known templates`],
	});
}

function leavesOutMessage(): Failure {
	return new Failure({
		code: 'template-invalid',
		message: said`The template leaves out the message, so the model would not see the question.`,
		next: [said`Write message.content in a loop over messages`, said`Choose one of the known templates`],
	});
}
