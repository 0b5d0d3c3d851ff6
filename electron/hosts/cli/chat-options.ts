import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import type { Gpu, GpuLayers } from '../../../models/contract/gpu.ts';
import { unreadableReason } from '../../../models/unreadable-reason.ts';
import { attachmentTooLarge, maxAttachmentBytes } from '../../contract/conversation/attachment-limits.ts';
import type { OverflowPolicy } from '../../contract/conversation/overflow.ts';
import type { AttachedText, SendInput } from '../../contract/conversation/schema.ts';
import type { Recipe } from '../../contract/server/recipe.ts';
import type { TextEncoding } from '../../contract/text-encoding.ts';
import { gpuOptions } from '../../library/gpu-settings.ts';
import type { Client } from '../transport/rpc-client.ts';
import { adaptersNamed } from './adapter-option.ts';
import { toolIds } from './chat-tools.ts';
import { chooseModel, findAlias } from './choose-model.ts';
import { choosePreset } from './choose-preset.ts';
import { findCollection } from './documents.ts';
import { UsageError } from './exit-codes.ts';
import { givenSampling, type SamplingOptions } from './sampling-options.ts';

/** Options that commander reads for `assay chat`. */
export interface ChatOptions extends SamplingOptions {
	model?: string;
	preset?: string;
	system?: string;
	context?: number;
	threads?: number;
	gpu?: Gpu;
	gpuLayers?: GpuLayers;
	/** Adapters with their scales, as "json=0.5". */
	adapter?: readonly string[];
	attach?: readonly string[];
	attachEncoding?: TextEncoding;
	/** Collections whose documents the answers may use, by name or number. */
	with?: readonly string[];
	/** What happens once the context is full. */
	overflow?: OverflowPolicy;
	/** --json-answer [schema file]; true without a file. */
	jsonAnswer?: string | true;
	/** Names of tools, as the model is given them. */
	tools?: readonly string[];
	/** Names of tools whose calls need no question; `*` stands for anything. */
	allowTools?: readonly string[];
	/** --no-save */
	save: boolean;
}

/** Options of an answer: everything in a request but its text. Missing options come from the settings. */
export type AnswerOptions = Omit<SendInput, 'conversationId' | 'parentId' | 'text' | 'attachmentIds' | 'attachments'>;

export async function answerOptions(client: Client, options: ChatOptions): Promise<AnswerOptions> {
	const { model, preset, system, context, threads, jsonAnswer, overflow } = options;
	const collections = options.with ?? [];
	const ids = await Promise.all(collections.map(async (name) => (await findCollection(client, name)).id));
	const documents = ids.map((collectionId) => ({ collectionId }));
	const answerFormat = jsonAnswer === undefined ? undefined : jsonAnswer === true ? 'json' : readSchema(jsonAnswer);
	const recipe = model === undefined ? null : await recipeOf(client, model);
	if (recipe !== null && preset !== undefined) {
		throw new UsageError(`${model} is an alias with its own recipe: leave out --preset, or name the model`);
	}
	const systemPrompt = system ?? recipe?.systemPrompt;
	const adapters = await adaptersNamed(client, options.adapter);
	const chosen =
		recipe !== null
			? recipeOptions(recipe, answerFormat)
			: preset === undefined &&
					answerFormat === undefined &&
					adapters === undefined &&
					overflow === undefined &&
					documents.length === 0
				? undefined
				: await chosenOptions(client, preset, answerFormat);
	return {
		...(model === undefined ? {} : { modelFileId: (await chooseModel(client, model)).id }),
		...(chosen === undefined
			? {}
			: {
					options: {
						...chosen,
						documents,
						...(adapters === undefined ? {} : { adapters }),
						...(overflow === undefined ? {} : { overflow }),
					},
				}),
		...(systemPrompt === undefined ? {} : { systemPrompt }),
		sampling: givenSampling(options),
		// Only tools that are named: a script isn't to depend on what is on in the window.
		tools: options.tools === undefined ? [] : await toolIds(client, options.tools),
		...(context === undefined ? {} : { contextSize: context }),
		...(threads === undefined ? {} : { threads }),
		...gpuOptions(options),
	};
}

/** Returns the recipe of an alias; null: it names a model. */
async function recipeOf(client: Client, name: string): Promise<Recipe | null> {
	return (await findAlias(client, name))?.recipe ?? null;
}

function recipeOptions(
	{ sampling, contextSize, prompt, adapters }: Recipe,
	answerFormat: string | undefined,
): NonNullable<SendInput['options']> {
	const format = answerFormat === undefined ? {} : { answerFormat };
	const own = adapters === undefined ? {} : { adapters };
	return { presetId: null, sampling, contextSize, prompt: prompt ?? null, ...format, ...own };
}

async function chosenOptions(
	client: Client,
	preset: string | undefined,
	answerFormat: string | undefined,
): Promise<NonNullable<SendInput['options']>> {
	const presetId =
		preset === undefined ? (await client.settings.get()).defaultPresetId : (await choosePreset(client, preset)).id;
	return { presetId, sampling: {}, contextSize: null, ...(answerFormat === undefined ? {} : { answerFormat }) };
}

function readSchema(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		throw new UsageError(`the schema ${path} can’t be read: ${unreadableReason(error)}`);
	}
}

/**
 * Reads the texts of the `--attach` files, in that order. Throws Failure `file-not-readable` and errors of the reader.
 */
export async function readAttachments(
	client: Client,
	paths: readonly string[],
	encoding: TextEncoding | undefined,
): Promise<AttachedText[]> {
	const read: AttachedText[] = [];
	const as = encoding === undefined ? {} : { encoding };
	for (const path of paths) read.push(await client.attachments.read({ file: await openFile(path), ...as }));
	return read;
}

async function openFile(path: string): Promise<File> {
	try {
		const facts = await stat(path);
		const { size } = facts;
		// A device claims to be empty and never ends. (A folder fails by itself.)
		if (!facts.isFile() && !facts.isDirectory()) throw new Error('it is a device or a pipe');
		if (size > maxAttachmentBytes) throw new Failure(attachmentTooLarge(basename(path), size));
		return new File([await readFile(path)], basename(path));
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw new Failure(
			{
				code: 'file-not-readable',
				message: `${path} can’t be attached: ${unreadableReason(error)}.`,
				next: ['Check the path'],
			},
			{ cause: error },
		);
	}
}
