import type { QuantizeFallback, QuantizeType } from '../../contract/native/tasks.ts';
import { tensorTypes } from '../../gguf/tensor-types.ts';
import type { LogLine } from '../libllama/llama-log.ts';
import { tensorTypeOf } from './quantize-types.ts';

/** llama_model_quantize reports progress only in its log (src/llama-quant.cpp). */

const tensorStart = /^\[\s*(\d+)\/\s*(\d+)\]\s+(\S+)/;
const fallback =
	/^warning:\s+(\S+)\s+- ncols\s+(\d+) not divisible by\s+(\d+) \(required for type\s+(\S+)\) (\(WARNING: must use F16 due to unusual shape\) )?-> falling back to\s+(\S+)/;
const tensorLine = /^\[\s*\d+\/\s*\d+\]\s+(\S+)\s+- \[\s*(\d+),/;
const converted = /converting to (\S+)/;
const totals = /quant size\s+=\s+([\d.]+) MiB/;
const refusal = /failed to quantize: (.*)/;
const dryRunNeedsImatrix = 'will require an imatrix';

/** Types whose output matrix becomes Q5_K; other types use Q6_K. */
const smallOutput: readonly QuantizeType[] = ['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ2_M', 'IQ3_XXS'];

function blockOf(type: string): number {
	return Object.values(tensorTypes).find(({ name }) => name === type)?.block ?? 1;
}

export type TensorStart = { done: number; total: number; tensor: string };

/** Reads the log of one call. */
export class QuantizeLog {
	readonly #type: QuantizeType;
	#current = { tensor: '', columns: 0 };
	readonly fallbacks: QuantizeFallback[] = [];
	/** Number of tensors read so far. */
	tensors = 0;
	/** Size of all tensors of the result, from a dry run, bytes (rounded as in the log). */
	sizeBytes: number | null = null;
	needsImatrix = false;
	/** llama.cpp's reason, if it refused. */
	refusal: string | null = null;

	constructor(type: QuantizeType) {
		this.#type = type;
	}

	/** Reads a piece of the log as it comes; returns the tensor that has just started. */
	piece(text: string): TensorStart | null {
		const match = tensorStart.exec(text);
		if (match === null) return null;
		const [, number = '0', total = '0', tensor = ''] = match;
		this.tensors = Number(number);
		return { done: Number(number) - 1, total: Number(total), tensor };
	}

	line({ text }: LogLine): void {
		const fell = fallback.exec(text);
		if (fell !== null) {
			const [, tensor = '', columns = '', block = '', from = '', unusual, to = ''] = fell;
			const why = `its rows of ${columns} don't divide into blocks of ${block}`;
			const reason = unusual === undefined ? why : `${why}, nor into smaller ones`;
			this.fallbacks.push({ tensor, from: from.toUpperCase(), to: to.toUpperCase(), reason });
		}
		this.#silentFallback(text);
		const size = totals.exec(text);
		if (size?.[1] !== undefined) this.sizeBytes = Math.ceil(Number(size[1]) * 1024 * 1024);
		if (text.includes(dryRunNeedsImatrix)) this.needsImatrix = true;
		const refused = refusal.exec(text);
		if (refused?.[1] !== undefined) this.refusal = refused[1].trim();
	}
	/**
	 * Records the fallback of the output matrix (or the token table in its place) to Q8_0, which the log does not call
	 * a fallback: it happens if its rows don't divide into blocks.
	 */
	#silentFallback(text: string): void {
		const [, name, width] = tensorLine.exec(text) ?? [];
		if (name !== undefined) this.#current = { tensor: name, columns: Number(width) };
		// With an importance matrix, a remark may come between the two.
		const to = converted.exec(text)?.[1];
		const { tensor, columns } = this.#current;
		const block = blockOf(tensorTypeOf(this.#type));
		const isOutput = tensor === 'output.weight' || tensor === 'token_embd.weight';
		if (!isOutput || to !== 'q8_0' || columns % block === 0) return;
		if (this.fallbacks.some((known) => known.tensor === tensor)) return;
		const from = smallOutput.includes(this.#type) ? 'Q5_K' : 'Q6_K';
		const reason = `its rows of ${columns} don't divide into blocks of ${block}`;
		this.fallbacks.push({ tensor, from, to: 'Q8_0', reason });
	}
}
