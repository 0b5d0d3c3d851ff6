import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strToU8, zipSync } from 'fflate';
import { failureOf } from '../../electron/api/call-failure.ts';
import { type Application, createApplication } from '../../electron/application/application.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import { chatGptConversation } from '../support/chat-gpt-export.ts';
import { pdfBytes } from '../support/pdf-bytes.ts';
import { scriptedApplicationModels } from '../support/scripted-models.ts';
import { hostileNumbers, hostileTexts, type Random, randomOf } from './random.ts';

/** A small file may keep nothing busy for longer, ms. */
const longestMs = 30_000;

const conversations = JSON.stringify(Array.from({ length: 3 }, (_, index) => chatGptConversation(index, 6, 80)));
const rows = Array.from({ length: 20 }, (_, n) =>
	JSON.stringify({ input: `What is ${n} + 1?`, target: `${n + 1}`, tags: ['a'] }),
);
const config = `name: Sums
dataset: { file: rows.csv, input: question, target: answer }
prompts: [{ name: Mine, template: "{{input}}" }]
techniques: [zero-shot, { kind: chain-of-thought }]
scorers: [numeric, { kind: regex, pattern: "a+" }]
parameters: { maxTokens: 64 }
criteria: ["numeric >= 85 %"]
`;

type Read = (application: Application, path: string, bytes: Uint8Array) => Promise<unknown>;

const asConversations: Read = async (application, path) =>
	ended(application, await application.client.exchange.preview({ paths: [path] }));
const asDataset: Read = async (application, path) =>
	ended(application, await application.client.datasets.imports.preview({ paths: [path] }));
const asAttachment: Read = ({ client }, path, bytes) =>
	client.attachments.read({ file: new File([new Uint8Array(bytes)], path.split('/').at(-1) ?? '') });

/** Sound files of each kind that Assay reads, and the call that reads them. */
const kinds: readonly { readonly name: string; readonly bytes: Uint8Array; readonly read: Read }[] = [
	{ name: 'conversations.json', bytes: strToU8(conversations), read: asConversations },
	{ name: 'export.zip', bytes: zipSync({ 'conversations.json': strToU8(conversations) }), read: asConversations },
	{ name: 'rows.jsonl', bytes: strToU8(rows.join('\n')), read: asDataset },
	{ name: 'rows.json', bytes: strToU8(`[${rows.join(',')}]`), read: asDataset },
	{ name: 'rows.csv', bytes: strToU8('input,target\n"What is 1, or 2?",2\nb,3\n'.repeat(9)), read: asDataset },
	{
		name: 'config.yaml',
		bytes: strToU8(config),
		read: ({ client }, path, bytes) =>
			client.evaluations.configFile.read({
				text: Buffer.from(bytes).toString('utf8'),
				name: path.split('/').at(-1) ?? '',
			}),
	},
	{ name: 'paper.pdf', bytes: pdfBytes(['One page', 'Another page']), read: asAttachment },
	{ name: 'notes.txt', bytes: strToU8('Notes, and more notes.\n'.repeat(20)), read: asAttachment },
];

async function ended({ client }: Application, { id }: Job): Promise<void> {
	for (;;) {
		const job = await client.jobs.get({ jobId: id });
		if (job.failure?.code === 'internal') throw new Error(`${job.failure.message} ${job.failure.detail ?? ''}`);
		if (job.endedAt !== null) return;
		await sleep(3);
	}
}

/** Reads `count` damaged files through the calls that pages and commands use; returns what was not explained. */
export async function attackFiles(folder: string, seed: number, count: number): Promise<readonly string[]> {
	const faults: string[] = [];
	const application = await createApplication({
		dataFolder: join(folder, 'data'),
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models: scriptedApplicationModels(),
	});
	try {
		for (let number = 0; number < count; number += 1) {
			const { name, bytes, read } = kinds[number % kinds.length]!;
			const damaged = damage(bytes, randomOf(seed * 7_919 + number));
			const place = join(folder, String(number));
			mkdirSync(place);
			const path = join(place, name);
			writeFileSync(path, damaged);
			const late = sleep(longestMs, 'late', { ref: false });
			const outcome = await Promise.race([read(application, path, damaged), late]).catch((error: unknown) =>
				failureOf(error),
			);
			const label = `${name}, seed ${seed}, number ${number}`;
			if (outcome === 'late') faults.push(`${label}: still busy after ${longestMs / 1000} s`);
			if (outcome instanceof Error && failureOf(outcome).code === 'internal')
				faults.push(`${label}: ${outcome.message} ${failureOf(outcome).detail?.slice(0, 600) ?? ''}`);
		}
	} finally {
		await application.close();
	}
	return faults;
}

/** One to four kinds of damage, one after the other. */
function damage(whole: Uint8Array, random: Random): Buffer {
	let bytes = Buffer.from(whole);
	for (let times = 1 + random.below(4); times > 0; times -= 1) bytes = Buffer.from(random.pick(damages)(bytes, random));
	return bytes;
}

const insertAt = (bytes: Buffer, at: number, more: string): Buffer =>
	Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)]);

const damages: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
	(bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
	(bytes, random) => {
		const changed = Buffer.from(bytes);
		for (let flips = 1 + random.below(20); flips > 0 && changed.length > 0; flips -= 1)
			changed[random.below(changed.length)] = random.below(256);
		return changed;
	},
	(bytes, random) => insertAt(bytes, random.below(bytes.length + 1), random.pick(hostileTexts)),
	(bytes, random) =>
		insertAt(
			bytes,
			random.below(bytes.length + 1),
			random.pick(['[', '{"a":', '(', '- ', '? ', '&a [*a,', '<<']).repeat(5_000),
		),
	// A value that is well-formed, and absurd.
	(bytes, random) =>
		Buffer.from(bytes.toString('latin1').replace(/\d+/, String(random.pick(hostileNumbers))), 'latin1'),
	(bytes, random) =>
		Buffer.from(
			bytes
				.toString('latin1')
				.replaceAll(/"[a-z_]+":/g, (key) =>
					random.chance(0.1) ? `${JSON.stringify(random.pick(hostileTexts)).slice(0, 200)}:` : key,
				),
			'latin1',
		),
	(bytes, random) => {
		const from = random.below(bytes.length + 1);
		const part = bytes.subarray(from, from + 1 + random.below(200));
		return Buffer.concat([bytes.subarray(0, from), ...Array.from({ length: 200 }, () => part), bytes.subarray(from)]);
	},
];
