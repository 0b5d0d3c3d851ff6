import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createApplication } from '../../electron/application/application.ts';
import { printable } from '../../electron/hosts/cli/output.ts';
import { cliEntry } from '../electron/hosts/cli/run-cli.ts';
import { scriptedApplicationModels } from '../support/scripted-models.ts';
import { hostileTexts, type Random, randomOf } from './random.ts';

/** What a terminal must never get from data: controls except line ends and tabs, turned directions, hidden characters. */
const forbidden =
	/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\u200B\u2060\uFEFF\u{E0000}-\u{E007F}]/u;

/** util-linux's `script` gives a program its own terminal. */
export const hasTerminal = spawnSync('script', ['--version']).status === 0;

function hostileName(random: Random): string {
	const parts = Array.from({ length: 1 + random.below(4) }, () => random.pick(hostileTexts).slice(0, 30));
	return `Name ${parts.join('x')}`.slice(0, 90);
}

/** Returns the texts, of `count` random ones, that could control a terminal after they were made printable. */
export function attackPrintable(seed: number, count: number): readonly string[] {
	return Array.from({ length: count }, (_, number) => hostileName(randomOf(seed * 15_485_863 + number))).filter(
		(text) => forbidden.test(printable(text)),
	);
}

/** Gives everything hostile names, lists it at a terminal, and returns the commands that let such a character through. */
export async function attackLists(dataFolder: string, seed: number, count: number): Promise<readonly string[]> {
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels({
			script: { answers: [{ steps: [{ type: 'text', text: '\u001B[31mred\u202E' }] }] },
		}),
	});
	const { client } = application;
	const ignore = (): null => null;
	for (let number = 0; number < count; number += 1) {
		const name = hostileName(randomOf(seed * 32_452_843 + number));
		await client.datasets.create({ name }).catch(ignore);
		await client.prompts.create({ name, template: `{{input}} ${name}` }).catch(ignore);
		await client.presets.create({ name }).catch(ignore);
		await client.folders.create({ name }).catch(ignore);
		await client.memory.add({ text: name }).catch(ignore);
		await client.tools
			.addServer({ name, launch: { kind: 'url', url: 'http://127.0.0.1:9', headers: {} } })
			.catch(ignore);
		const sent = await client.conversations.send({ conversationId: null, text: name }).catch(ignore);
		if (sent !== null) {
			for await (const update of await client.generations.subscribe({ id: sent.generationId }))
				if (update.type === 'end') break;
			await client.conversations.rename({ id: sent.conversationId, title: name }).catch(ignore);
		}
	}
	await application.close();
	const commands = [
		'datasets list',
		'prompts list',
		'presets list',
		'conversations list',
		'conversations show 1',
		'conversations search Name',
		'memory list',
		'tools list',
		'activity list',
	];
	const faults: string[] = [];
	for (const command of commands) {
		const words = [process.execPath, cliEntry, ...command.split(' '), '--data', dataFolder];
		const child = spawn(
			'script',
			['--quiet', '--return', '--command', words.map((word) => `'${word}'`).join(' '), '/dev/null'],
			{
				stdio: ['ignore', 'pipe', 'inherit'],
				env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
			},
		);
		let screen = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			screen += text;
		});
		await once(child, 'close');
		// What Assay itself writes to a terminal: clearing the line of progress.
		const shown = screen.replaceAll('\r\u001B[2K', '');
		const found = forbidden.exec(shown);
		if (found !== null)
			faults.push(`${command} shows ${JSON.stringify(shown.slice(Math.max(0, found.index - 40), found.index + 40))}`);
	}
	return faults;
}
