import type { FileFigures } from '../../../../electron/contract/comparison/file-figures.ts';
import type { Fit, FitChange } from '../../../../electron/contract/library/fit.ts';
import type {
	ChosenTemplate,
	ComputeDevice,
	ModelFile,
	ModelLoad,
	ModelOptions,
	ModelPlace,
	ScanReport,
} from '../../../../electron/contract/library/schema.ts';
import { computeFit, vramFor } from '../../../../electron/library/model-fit.ts';
import type { Inspection } from '../../../../models/contract/inspection.ts';
import type { ModelShape } from '../../../../models/fit/model-shape.ts';
import { assumeProcessor } from '../../../../models/fit/processor.ts';

/** The fake library beyond its files; scenes change it. */
export interface FakeLibrary {
	freeBytes: number;
	/** Devices that the engine reports. */
	devices: ComputeDevice[];
	options: Map<number, ModelOptions>;
	loads: Map<number, ModelLoad[]>;
	/** Chosen chat templates, by model. */
	templates: Map<number, ChosenTemplate>;
	places: ModelPlace[];
	report: ScanReport | null;
	/** Changes to the result of an inspection. */
	inspection: Partial<Inspection>;
	removed: ModelFile[];
	/** What comparisons and runs have measured. */
	figures: FileFigures[];
}

export function fakeLibrary(): FakeLibrary {
	return {
		freeBytes: 6_900_000_000,
		options: new Map(),
		loads: new Map(),
		templates: new Map(),
		report: null,
		inspection: {},
		removed: [],
		figures: [],
		places: [],
		devices: [{ kind: 'cpu', name: 'AMD Ryzen 7 7840U', memoryBytes: 16_000_000_000 }],
	};
}

/** Chooses widths for a model of this many weights, as in Llama and Qwen. */
function shapeOfFile({ parameters, sizeBytes, contextLength }: ModelFile): ModelShape {
	const [layers, width, kv] =
		parameters > 2e10
			? [40, 5120, 1024]
			: parameters > 5e9
				? [28, 3584, 512]
				: parameters > 1e9
					? [28, 3072, 1024]
					: [30, 576, 192];
	return {
		architecture: 'llama',
		trainedContext: contextLength,
		layers: Array.from({ length: layers }, () => ({ keyLength: kv, valueLength: kv, sliding: false, stateLength: 0 })),
		embeddingLength: width,
		feedForwardLength: width * 3,
		heads: Math.max(1, Math.round(width / 64)),
		headLength: 64,
		vocabularySize: 49_152,
		merges: 48_900,
		slidingWindow: 0,
		tensors: Array.from({ length: layers }, (_, layer) => ({
			name: `blk.${layer}.weight`,
			type: 'Q5_K',
			bytes: sizeBytes / layers,
			dimensions: [width, width],
		})),
	};
}

export function fakeFit(library: FakeLibrary, file: ModelFile, change: FitChange): Fit {
	const last = library.loads.get(file.id)?.find(({ outcome }) => outcome === 'loaded');
	const correction =
		last?.predictedBytes == null || last.measuredBytes === null
			? { bytes: 0, copiedBytes: null, last: null }
			: {
					bytes: last.measuredBytes - last.predictedBytes,
					copiedBytes: null,
					last: { at: last.at, predictedBytes: last.predictedBytes, measuredBytes: last.measuredBytes },
				};
	const room = { totalBytes: 16_000_000_000, freeBytes: library.freeBytes };
	const asked = { ...library.options.get(file.id), ...change };
	const vram = vramFor(library.devices, asked.gpu);
	return computeFit(file.id, shapeOfFile(file), asked, room, correction, assumeProcessor('x64'), vram);
}

export function fakeLoad(id: number, changes: Partial<ModelLoad> = {}): ModelLoad {
	return {
		id,
		at: Date.UTC(2026, 10, 24, 16, 5),
		outcome: 'loaded',
		contextSize: 8192,
		options: {},
		predictedBytes: 421_000_000,
		measuredBytes: 413_000_000,
		loadMs: 480,
		threads: 2,
		tokensPerSecond: 121.8,
		engineBuild: 'node-llama-cpp 3.21.1 (llama.cpp v0.4.0)',
		failure: null,
		...changes,
	};
}

const template =
	"{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}";

export function fakeInspection(path: string, changes: Partial<Inspection>): Inspection {
	return {
		path,
		warnings: [],
		facts: {
			architecture: 'llama',
			name: 'SmolLM2 135M Instruct',
			lineage: { basename: null, sizeLabel: null, finetune: null, version: null, baseModel: null },
			parameters: 134_515_008,
			quantization: 'Q4_1',
			contextLength: 8192,
			layers: 30,
			embeddingLength: 576,
			headCount: 9,
			headCountKv: 3,
			vocabularySize: 49_152,
			chatTemplate: template,
			chatTemplateHash: null,
			recommendedSampling: { values: {}, notApplied: [] },
			license: 'apache-2.0',
			sizeBytes: 98_362_432,
			tensors: [
				{ type: 'Q4_1', count: 210, bytes: 66_355_200, parameters: 106_168_320 },
				{ type: 'Q6_K', count: 1, bytes: 23_224_320, parameters: 28_311_552 },
				{ type: 'F32', count: 61, bytes: 140_544, parameters: 35_136 },
			],
			bitsPerWeight: 5.75,
			kind: 'model',
			parts: 1,
			paths: [path],
		},
		metadata: [
			{ key: 'general.architecture', type: 'text', value: 'llama', length: 5, cut: false },
			{ key: 'general.license', type: 'text', value: 'apache-2.0', length: 10, cut: false },
			{ key: 'llama.block_count', type: 'whole number', value: '30', length: 2, cut: false },
			{ key: 'llama.context_length', type: 'whole number', value: '8192', length: 4, cut: false },
			{ key: 'tokenizer.ggml.tokens', type: 'list of text', value: '49,152 items', length: 49_152, cut: true },
			{ key: 'tokenizer.chat_template', type: 'text', value: template, length: template.length, cut: false },
		],
		tokenizer: {
			model: 'gpt2',
			preTokenizer: 'smollm',
			vocabularySize: 49_152,
			merges: 48_900,
			addsStart: false,
			addsEnd: null,
			special: [
				{ role: 'start', id: 1, text: '<|im_start|>' },
				{ role: 'end', id: 2, text: '<|im_end|>' },
			],
		},
		risks: [
			{
				level: 'note',
				where: 'template',
				message: 'The template adds its own text to prompts, e.g. a system message if you give none.',
				excerpt: 'You are a helpful AI assistant named SmolLM, trained by Hugging Face',
			},
		],
		engine: [
			{ name: 'Chat', usable: true, why: null },
			{ name: 'Flash attention', usable: true, why: null },
			{ name: 'Quantised KV cache', usable: true, why: null },
			{ name: 'LoRA', usable: true, why: null },
			{ name: 'Draft model', usable: true, why: null },
			{ name: 'Prompt reuse', usable: true, why: null },
		],
		...changes,
	};
}
