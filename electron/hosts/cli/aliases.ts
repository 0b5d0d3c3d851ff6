import type { Command } from 'commander';
import { armsNamed, parseArmName } from '../../contract/evaluation/arm-name.ts';
import { type Alias, type AliasInput, aliasNameSchema } from '../../contract/server/recipe.ts';
import type { Client } from '../transport/rpc-client.ts';
import { adapterHelp, adaptersNamed, repeated } from './adapter-option.ts';
import { chooseModel } from './choose-model.ts';
import { choosePreset } from './choose-preset.ts';
import { type CommandContext, type Execute, examples, wholeNumber } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { moment, oneLine, table } from './table.ts';
import { withApplication } from './with-application.ts';

interface SetOptions {
	readonly model?: string;
	readonly preset?: string;
	readonly run?: string;
	readonly adapter?: readonly string[];
}

/** `assay server aliases …`: names for models, as other programs send them. */
export function addAliases(server: Command, execute: Execute): void {
	const aliases = server.command('aliases').description('let a name such as gpt-4o stand for a model with a recipe');
	aliases
		.command('list')
		.description('list them')
		.addHelpText('after', examples('server aliases list'))
		.action((_options, command: Command) => execute(command, listAliases));
	aliases
		.command('set <name>')
		.description('make a name stand for a model, with a preset or as it was measured in a run')
		.option('--model <model>', 'the model')
		.option('--preset <name>', 'answer with the prompt and the numbers of this preset, copied now')
		.option('--adapter <adapter[=scale]>', adapterHelp, repeated)
		.option('--run <run:n>', 'answer as combination n of a run did: its model, prompt, technique and numbers')
		.addHelpText(
			'after',
			examples(
				'server aliases set gpt-4o --model SmolLM2',
				'server aliases set support --model SmolLM2 --preset Triage',
				'server aliases set json --model SmolLM2 --adapter json=0.5',
				'server aliases set support --run 12:2',
			),
		)
		.action((name: string, options: SetOptions, command: Command) =>
			execute(command, (context) => setAlias(context, name, options)),
		);
	aliases
		.command('remove <name>')
		.description('let a name stand for nothing')
		.addHelpText('after', examples('server aliases remove gpt-4o'))
		.action((name: string, _options, command: Command) => execute(command, (context) => removeAlias(context, name)));
	aliases
		.command('history <name>')
		.description('list what a name stood for, newest first')
		.addHelpText('after', examples('server aliases history gpt-4o'))
		.action((name: string, _options, command: Command) => execute(command, (context) => history(context, name)));
	aliases
		.command('restore')
		.argument('<change>', 'number of the change, as server aliases history shows it', wholeNumber(1))
		.description('make a name what it was after a change of its history')
		.addHelpText('after', examples('server aliases restore 3'))
		.action((change: number, _options, command: Command) =>
			execute(command, (context) => restoreAlias(context, change)),
		);
}

async function listAliases(context: CommandContext): Promise<number> {
	const { aliases } = await withApplication(context, (client) => client.server.aliases());
	const rows = aliases.map(({ name, modelName, modelFileId, setAt, ...alias }) => [
		name,
		`${oneLine(modelName, 40)}${modelFileId === null ? ' (no longer in the library)' : ''}`,
		oneLine(sourceWords(alias), 50),
		moment(setAt),
	]);
	const none = 'No aliases yet. Set one: assay server aliases set gpt-4o --model <model>';
	context.output.result({ aliases }, rows.length > 0 ? table(['NAME', 'MODEL', 'RECIPE', 'SET'], rows) : none);
	return exitCode.done;
}

function sourceWords({ source, recipe }: Pick<Alias, 'source' | 'recipe'>): string {
	if (recipe === null) return 'removed';
	switch (source.kind) {
		case 'none':
			return recipe.adapters === undefined ? 'the model alone' : 'the model with adapters';
		case 'preset':
			return `preset ${source.name}`;
		case 'run':
			return `run ${source.runId}: ${source.label}`;
	}
}

async function setAlias(context: CommandContext, name: string, options: SetOptions): Promise<number> {
	const parsed = aliasNameSchema.safeParse(name);
	if (parsed.data === undefined) {
		throw new UsageError(`"${name}" can’t be an alias: ${parsed.error.issues[0]?.message ?? 'choose another name'}`);
	}
	const { alias, before } = await withApplication(context, async (client) =>
		client.server.setAlias({ name: parsed.data, target: await targetOf(client, options) }),
	);
	const recipe = alias.source.kind === 'none' ? '' : ` with ${sourceWords(alias)}`;
	const earlier =
		before === null || before.recipe === null
			? []
			: [`It named ${before.modelName} before. To go back: assay server aliases restore ${before.id}`];
	context.output.result({ alias, before }, [`${alias.name} names ${alias.modelName}${recipe}.`, ...earlier].join('\n'));
	return exitCode.done;
}

async function targetOf(client: Client, { model, preset, run, adapter }: SetOptions): Promise<AliasInput['target']> {
	if (run !== undefined) {
		if (model !== undefined || preset !== undefined || adapter !== undefined) {
			throw new UsageError('--run says model and recipe; leave out --model, --preset and --adapter');
		}
		const name = parseArmName(run);
		if (name === null) throw new UsageError(`"${run}" is no combination of a run: give <run>:<n>`);
		const [arm, other] = armsNamed(await client.evaluations.get({ id: name.runId }), name);
		if (arm === undefined || other !== undefined) {
			throw new UsageError(`run ${name.runId} has several combinations: give one as ${name.runId}:<n>`);
		}
		return { armId: arm.id };
	}
	if (model === undefined) throw new UsageError('give --model <model>, or --run <run:n>');
	const { id } = await chooseModel(client, model);
	const adapters = await adaptersNamed(client, adapter);
	return {
		modelFileId: id,
		presetId: preset === undefined ? null : (await choosePreset(client, preset)).id,
		...(adapters === undefined ? {} : { adapters }),
	};
}

async function removeAlias(context: CommandContext, name: string): Promise<number> {
	const alias = await withApplication(context, (client) => client.server.removeAlias({ name }));
	context.output.result(
		{ alias },
		`${alias.name} stands for nothing now. What it was: assay server aliases history ${alias.name}`,
	);
	return exitCode.done;
}

async function history(context: CommandContext, name: string): Promise<number> {
	const { changes } = await withApplication(context, (client) => client.server.aliasHistory({ name }));
	const rows = changes.map(({ id, modelName, setAt, ...alias }) => [
		String(id),
		moment(setAt),
		alias.recipe === null ? '' : oneLine(modelName, 40),
		oneLine(sourceWords(alias), 50),
	]);
	const none = `${name} was never an alias.`;
	context.output.result({ changes }, rows.length > 0 ? table(['CHANGE', 'WHEN', 'MODEL', 'RECIPE'], rows) : none);
	return exitCode.done;
}

async function restoreAlias(context: CommandContext, id: number): Promise<number> {
	const alias = await withApplication(context, (client) => client.server.restoreAlias({ id }));
	const words = alias.recipe === null ? 'stands for nothing again' : `names ${alias.modelName} again`;
	context.output.result({ alias }, `${alias.name} ${words}.`);
	return exitCode.done;
}
