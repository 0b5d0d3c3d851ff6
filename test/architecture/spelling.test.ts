import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import nspell from 'nspell';
import { expect, test } from 'vitest';
import { extractMessages } from '../../scripts/messages/catalogues.ts';
import { root } from './sources.ts';

/** Correct words that the dictionary lacks: the field's terms, names, parts of commands, and what people type. */
const terms = new Set(
	`
	acc Adapter adapter adapters Anthropic api AppImage backend backreferences bge Brier brier ChatGPT chatgpt
	checksums chinese chmod claude colors CommonsenseQA Config config cpp cpp's csv Ctrl dev docx DoRA dpo endian
	english Esc eval Gemma german gguf gpt gzip Holm html http https huggingface IFEval imatrix interquartile
	japanese Jinja json jsonl JUnit kwargs latencies Levenshtein lmstudio localhost LocalScore logit logits LoRA lora
	macOS mcp MemoryMax MiniLM mmproj namespaces nats nDCG nomic npm NumPy Ollama ollama OpenAI openai
	OpenDocument pdf PEFT's pii pptx promptfoo quantisations Quantised quantised quantises Quantising quantising
	quantizations quantize Qwen requantising Rerank rerank reranked Reranker reranker
	safetensors sandboxed sft SmolLM smollm spanish stderr subfolders systemd's tok Tokenizer tokenizer
	tokenizers TruthfulQA txt ulimit Unarchive unarchived unquantised Unsloth url WebUI xlsx yaml
`.match(/\S+/g),
);

/** Returns the words of a message, without its values, tags and code. */
function wordsOf(message: string): string[] {
	const text = message.replaceAll(/\{\w+(?:, plural)?/g, ' ').replaceAll(/<\/?\w+>/g, ' ');
	return (text.match(/[\p{L}’']+/gu) ?? []).map((word) => word.replaceAll('’', "'").replaceAll(/^'+|'+$/g, ''));
}

test('every word of the page is spelt as in British English', { timeout: 90_000 }, () => {
	const dictionary = dirname(createRequire(import.meta.url).resolve('dictionary-en-gb'));
	const read = (name: string) => readFileSync(join(dictionary, name));
	const spelling = nspell(read('index.aff'), read('index.dic'));
	const right = (word: string) =>
		word.length < 3 ||
		/^[A-Z0-9]+s?$/.test(word) ||
		terms.has(word) ||
		spelling.correct(word) ||
		spelling.correct(word.toLowerCase());
	const misspelt = [...extractMessages(root).messages].flatMap(([message, place]) =>
		wordsOf(message)
			.filter((word) => !right(word))
			.map((word) => `${word} (${place})`),
	);
	expect(misspelt).toEqual([]);
});
