import { Failure } from '../../../../models/contract/failure.ts';
import type { DiffPart, PromptVersion } from '../../../contract/prompt/prompt.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { moment, oneLine, table } from '../table.ts';
import { namedPrompt } from './named-prompt.ts';

export interface ShowOptions {
	versionNumber?: number;
	/** Version that the shown one is compared with. */
	diff?: number;
}

export async function listPrompts({ output, ...context }: CommandContext, trash: boolean): Promise<number> {
	const { prompts } = await withApplication({ output, ...context }, (client) =>
		client.prompts.list({ deleted: trash }),
	);
	const rows = prompts.map(({ id, name, latest, starterId }) => [
		String(id),
		name,
		String(latest.number),
		starterId === null ? '' : 'comes with Assay',
		oneLine(latest.template, 60),
	]);
	const head = ['ID', 'NAME', 'VERSION', '', 'TEMPLATE'];
	const empty = trash
		? 'The trash holds no prompts.'
		: 'No prompts. Make one: assay prompts add <name> --template "{{input}}"';
	output.result({ prompts }, rows.length > 0 ? table(head, rows) : empty);
	return exitCode.done;
}

export async function showPrompt(context: CommandContext, name: string, options: ShowOptions): Promise<number> {
	const shown = await withApplication(context, async (client) => {
		const { prompt, versions } = await client.prompts.get({ id: (await namedPrompt(client, name)).id });
		const version = numbered(versions, options.versionNumber ?? prompt.latest.number, prompt.name);
		const before = options.diff === undefined ? null : numbered(versions, options.diff, prompt.name);
		const diff =
			before === null ? null : await client.prompts.diff({ fromVersionId: before.id, toVersionId: version.id });
		return { prompt, versions, version, diff };
	});
	const { prompt, versions, version, diff } = shown;
	const texts = (['system', 'template', 'example'] as const)
		.map((part) => ({ part, text: diff === null ? version[part] : marked(diff[part]) }))
		.filter(({ text }) => text !== '')
		.map(({ part, text }) => `--- ${part}\n${text}`);
	const history = versions.map(
		({ number, createdAt, note }) => `  ${number}  ${moment(createdAt)}${note === '' ? '' : `  ${oneLine(note, 60)}`}`,
	);
	const text = [
		`${prompt.name}, version ${version.number}${diff === null ? '' : ` against ${options.diff}`}`,
		...(prompt.description === '' ? [] : [prompt.description]),
		...texts,
		...(versions.length > 1 ? [`--- versions\n${history.join('\n')}`] : []),
	].join('\n\n');
	context.output.result({ prompts: [prompt], version, versions, ...(diff === null ? {} : { diff }) }, text);
	return exitCode.done;
}

function numbered(versions: readonly PromptVersion[], number: number, name: string): PromptVersion {
	const found = versions.find((version) => version.number === number);
	if (found !== undefined) return found;
	throw new Failure({
		code: 'prompt-version-unknown',
		message: `“${name}” has no version ${number}`,
		next: [`It has: ${versions.map((version) => version.number).join(', ')}`],
	});
}

/** As word diffs are usually written: [-gone-] and {+new+}. */
function marked(parts: readonly DiffPart[]): string {
	return parts
		.map(({ kind, text }) => (kind === 'same' ? text : kind === 'added' ? `{+${text}+}` : `[-${text}-]`))
		.join('');
}
