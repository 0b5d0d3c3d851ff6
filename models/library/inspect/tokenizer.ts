import type { TokenizerFacts } from '../../contract/inspection.ts';
import { ByteReader } from '../gguf/byte-reader.ts';
import { countOf, lengthOf, textOf } from '../gguf/facts.ts';
import { type GgufHeader, readTexts } from '../gguf/header.ts';
import { type GgufFile, withModelFile } from '../gguf.ts';

/** Keys that name a special token, and what people call it. */
const roles: Readonly<Record<string, string>> = {
	bos_token_id: 'start',
	eos_token_id: 'end',
	eot_token_id: 'end of turn',
	eom_token_id: 'end of message',
	unknown_token_id: 'unknown',
	padding_token_id: 'padding',
	seperator_token_id: 'separator',
	cls_token_id: 'class',
	mask_token_id: 'mask',
	fim_pre_token_id: 'fill in, before',
	fim_suf_token_id: 'fill in, after',
	fim_mid_token_id: 'fill in, middle',
};

const flag = (header: GgufHeader, key: string): boolean | null => {
	const value = header.metadata.get(key);
	return typeof value === 'boolean' ? value : null;
};

/** What the tokenizer of a file is, with the texts of its special tokens; null where the file has none. */
export async function tokenizerOf(file: GgufFile): Promise<TokenizerFacts | null> {
	const { header, path, sizeBytes } = file;
	const model = textOf(header, 'tokenizer.ggml.model');
	const tokens = header.metadata.get('tokenizer.ggml.tokens');
	if (model === null && tokens === undefined) return null;
	const ids = Object.entries(roles).flatMap(([key, role]) => {
		const id = countOf(header, `tokenizer.ggml.${key}`);
		return id === null ? [] : [{ role, id }];
	});
	const list = typeof tokens === 'object' && 'itemType' in tokens ? tokens : null;
	const texts =
		list === null
			? new Map<number, string>()
			: await withModelFile(path, (handle) =>
					readTexts(
						new ByteReader(path, handle, sizeBytes),
						list,
						ids.map(({ id }) => id),
					),
				);
	return {
		model,
		preTokenizer: textOf(header, 'tokenizer.ggml.pre'),
		vocabularySize: lengthOf(tokens),
		merges: lengthOf(header.metadata.get('tokenizer.ggml.merges')),
		addsStart: flag(header, 'tokenizer.ggml.add_bos_token'),
		addsEnd: flag(header, 'tokenizer.ggml.add_eos_token'),
		special: ids.map(({ role, id }) => ({ role, id, text: texts.get(id) ?? null })),
	};
}
