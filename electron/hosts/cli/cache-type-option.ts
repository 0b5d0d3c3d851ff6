import { InvalidArgumentError, Option } from 'commander';
import { type KvType, kvTypes } from '../../../models/contract/load.ts';

/** Reads a KV cache type in any spelling: f16, Q8_0. */
export function cacheTypeOf(text: string): KvType {
	const type = kvTypes.find((one) => one.toLowerCase() === text.trim().toLowerCase());
	if (type !== undefined) return type;
	throw new InvalidArgumentError(`It must be one of ${kvTypes.join(', ')}.`);
}

/** Option for commands that hold one model in memory. */
export function cacheTypeOption(): Option {
	return new Option('--cache-type <type>', 'type of the KV cache; that of a reference is F16')
		.argParser(cacheTypeOf)
		.default('F16');
}
