import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Failure } from '../../../../models/contract/failure.ts';
import { unreadableReason } from '../../../../models/unreadable-reason.ts';
import type { ChosenTemplate, ModelTemplate, TemplateFamilyFacts } from '../../../contract/library/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { knownModel } from '../choose-model.ts';
import { type AddCommands, type CommandContext, examples } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { collect } from '../list-option.ts';
import { table } from '../table.ts';
import { withApplication } from '../with-application.ts';

interface TemplateOptions {
	readonly use?: string;
	readonly file?: string;
	readonly stop?: readonly string[];
	readonly reset: boolean;
}

/** A short conversation that shows every part of a template. */
const sample = [
	{ role: 'user' as const, content: 'Hello' },
	{ role: 'assistant' as const, content: 'Hi, how can I help?' },
	{ role: 'user' as const, content: 'What is the capital of France?' },
];

/** Adds `assay models template`. */
export const addTemplate: AddCommands = (models, execute) => {
	models
		.command('template [model]')
		.description('show or choose a model’s chat template; without a model, list the known templates')
		.option('--use <template>', 'use this known template')
		.option('--file <path>', 'use the Jinja template in this file')
		.option('--stop <text>', 'text that ends an answer; give the option once for each text', collect)
		.option('--reset', 'use the file’s own template again', false)
		.addHelpText(
			'after',
			examples(
				'models template',
				'models template gemma-3-270m --use gemma',
				'models template gemma-3-270m --file chat.jinja --stop "<end>"',
				'models template gemma-3-270m --reset',
			),
		)
		.action((text: string | undefined, options: TemplateOptions, command: Command) =>
			execute(command, (context) => (text === undefined ? listFamilies(context) : template(context, text, options))),
		);
};

async function listFamilies(context: CommandContext): Promise<number> {
	const { families } = await withApplication(context, (client) => client.models.templateFamilies());
	const rows = families.map(({ id, name, models }) => [id, name, models]);
	context.output.result({ families }, table(['ID', 'NAME', 'MODELS'], rows));
	return exitCode.done;
}

async function template(context: CommandContext, text: string, options: TemplateOptions): Promise<number> {
	const given = [options.use, options.file, options.reset ? true : undefined].filter((one) => one !== undefined);
	if (given.length > 1) throw new UsageError('give one of --use, --file and --reset');
	if (options.stop !== undefined && options.use === undefined && options.file === undefined) {
		throw new UsageError('--stop needs --use or --file');
	}
	const shown = await withApplication(context, async (client) => {
		const model = await knownModel(client, text);
		const facts: ModelTemplate & { reload?: boolean } =
			given.length === 0
				? await client.models.chatTemplate({ id: model.id })
				: await client.models.setChatTemplate({ id: model.id, template: await chosen(client, options) });
		const source = facts.chosen?.source ?? facts.file;
		const preview =
			source === null ? null : await client.models.previewChatTemplate({ id: model.id, source, turns: sample });
		return { model, facts, preview };
	});
	const { model, facts, preview } = shown;
	const { id, name } = model;
	const lines = [
		`${name}: ${templateWords(facts)}`,
		...(facts.chosen === null || facts.chosen.stop.length === 0
			? []
			: [`answers end at ${facts.chosen.stop.map((one) => JSON.stringify(one)).join(', ')}`]),
		...(facts.chosen === null && facts.file === null && facts.suggested !== null
			? [`probably fits: assay models template ${id} --use ${facts.suggested}`]
			: []),
		...(preview === null ? [] : ['', preview.failure?.message ?? preview.text]),
		...(facts.reload === true ? ['', 'The model is in use: the template applies from the next load.'] : []),
	];
	context.output.result({ model: { id, name }, ...facts, preview: preview?.text ?? null }, lines.join('\n'));
	return exitCode.done;
}

function templateWords({ chosen, file }: ModelTemplate): string {
	if (chosen !== null) {
		return chosen.family === null ? 'your own chat template' : `the known chat template ${chosen.family}`;
	}
	return file === null ? 'no chat template: a base model, not trained to chat' : 'the file’s own chat template';
}

/** Returns the template that the options choose; null: the file's own. */
async function chosen(client: Client, { use, file, stop }: TemplateOptions): Promise<ChosenTemplate | null> {
	if (file !== undefined) return { family: null, source: await readTemplate(file), stop: [...(stop ?? [])] };
	if (use === undefined) return null;
	const { families } = await client.models.templateFamilies();
	const family = families.find(({ id, name }) => id === use || name.toLowerCase() === use.toLowerCase());
	if (family === undefined) throw unknownFamily(families, use);
	return { family: family.id, source: family.source, stop: [...(stop ?? family.stop)] };
}

function unknownFamily(families: readonly TemplateFamilyFacts[], use: string): Failure {
	return new Failure({
		code: 'template-unknown',
		message: `There is no known chat template “${use}”.`,
		next: [`Use one of these: ${families.map(({ id }) => id).join(', ')}`, 'Write your own: --file <path>'],
	});
}

async function readTemplate(path: string): Promise<string> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		throw new UsageError(`the template ${path} can’t be read: ${unreadableReason(error)}`);
	}
}
