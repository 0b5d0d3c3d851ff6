import { InvalidArgumentError, Option } from 'commander';
import { type KvType, kvTypes } from '../../../models/contract/load.ts';

/** A type of KV cache, however it is written: f16, Q8_0. */
export function cacheTypeOf(text: string): KvType {
	const type = kvTypes.find((one) => one.toLowerCase() === text.trim().toLowerCase());
	if (type !== undefined) return type;
	throw new InvalidArgumentError(`It must be one of ${kvTypes.join(', ')}.`);
}

/** For what holds one model in memory. */
export function cacheTypeOption(): Option {
	return new Option('--cache-type <type>', 'type of the KV cache; that of a reference is F16')
		.argParser(cacheTypeOf)
		.default('F16');
}
