/** Writes GGUF files byte by byte, well-formed or not: the file holds exactly what the test says. */

/** Numbers of the value types in a GGUF header (ggml's docs/gguf.md). */
const valueTypes = {
	uint8: 0,
	int8: 1,
	uint16: 2,
	int16: 3,
	uint32: 4,
	int32: 5,
	float32: 6,
	bool: 7,
	string: 8,
	array: 9,
	uint64: 10,
	int64: 11,
	float64: 12,
} as const;

type ScalarType = Exclude<keyof typeof valueTypes, 'array' | 'string'>;

export type GgufTestValue =
	| { readonly type: ScalarType; readonly value: number | bigint }
	| { readonly type: 'string'; readonly value: string }
	| { readonly type: 'array'; readonly of: ScalarType; readonly values: readonly (number | bigint)[] }
	| { readonly type: 'array'; readonly of: 'string'; readonly values: readonly string[] }
	/** Raw bytes after the key: the number of the value type, then whatever the test wants. */
	| { readonly type: 'raw'; readonly bytes: Uint8Array };

export interface GgufTestTensor {
	readonly name: string;
	readonly dimensions: readonly (number | bigint)[];
	/** ggml's number of the type: 0 is F32, 1 is F16. */
	readonly type: number;
	readonly data: Uint8Array;
	/** The offset in the header; the true one if absent. */
	readonly offset?: number | bigint;
}

export interface GgufTestFile {
	readonly version?: number;
	readonly magic?: string;
	readonly metadata: ReadonlyMap<string, GgufTestValue>;
	readonly tensors: readonly GgufTestTensor[];
	readonly alignment?: number;
	/** The counts in the header; the true ones if absent. */
	readonly tensorCount?: number | bigint;
	readonly metadataCount?: number | bigint;
	/** Raw key bytes in front of the others, and their number of keys. */
	readonly before?: Uint8Array;
	readonly keysBefore?: number;
}

const scalarBytes: Record<ScalarType, number> = {
	uint8: 1,
	int8: 1,
	uint16: 2,
	int16: 2,
	uint32: 4,
	int32: 4,
	float32: 4,
	bool: 1,
	uint64: 8,
	int64: 8,
	float64: 8,
};

function scalar(type: ScalarType, value: number | bigint): Buffer {
	const bytes = Buffer.alloc(scalarBytes[type]);
	const number = Number(value);
	if (type === 'float32') bytes.writeFloatLE(number);
	else if (type === 'float64') bytes.writeDoubleLE(number);
	else if (type === 'uint64') bytes.writeBigUInt64LE(BigInt(value));
	else if (type === 'int64') bytes.writeBigInt64LE(BigInt(value));
	else if (type.startsWith('int')) bytes.writeIntLE(number, 0, bytes.length);
	else bytes.writeUIntLE(number, 0, bytes.length);
	return bytes;
}

const u32 = (value: number): Buffer => scalar('uint32', value);
const u64 = (value: number | bigint): Buffer => scalar('uint64', value);

function string(text: string): Buffer {
	const bytes = Buffer.from(text, 'utf8');
	return Buffer.concat([u64(bytes.length), bytes]);
}

function typedValue(value: GgufTestValue): Buffer {
	if (value.type === 'raw') return Buffer.from(value.bytes);
	if (value.type === 'string') return Buffer.concat([u32(valueTypes.string), string(value.value)]);
	if (value.type === 'array') {
		const items = value.of === 'string' ? value.values.map(string) : value.values.map((v) => scalar(value.of, v));
		return Buffer.concat([u32(valueTypes.array), u32(valueTypes[value.of]), u64(value.values.length), ...items]);
	}
	return Buffer.concat([u32(valueTypes[value.type]), scalar(value.type, value.value)]);
}

const padding = (length: number, alignment: number): Buffer =>
	Buffer.alloc((alignment - (length % alignment)) % alignment);

/** Builds the whole file: header, metadata, tensor table, aligned data. */
export function ggufBytes(file: GgufTestFile): Buffer {
	const alignment = file.alignment ?? 32;
	const data: Buffer[] = [];
	let dataLength = 0;
	const table = file.tensors.map((tensor) => {
		const entry = Buffer.concat([
			string(tensor.name),
			u32(tensor.dimensions.length),
			...tensor.dimensions.map(u64),
			u32(tensor.type),
			u64(tensor.offset ?? dataLength),
		]);
		const filler = padding(tensor.data.length, alignment);
		data.push(Buffer.from(tensor.data), filler);
		dataLength += tensor.data.length + filler.length;
		return entry;
	});
	const head = Buffer.concat([
		Buffer.from(file.magic ?? 'GGUF', 'latin1'),
		u32(file.version ?? 3),
		u64(file.tensorCount ?? file.tensors.length),
		u64(file.metadataCount ?? file.metadata.size + (file.keysBefore ?? 0)),
		Buffer.from(file.before ?? []),
		...[...file.metadata].map(([key, value]) => Buffer.concat([string(key), typedValue(value)])),
		...table,
	]);
	return Buffer.concat([head, padding(head.length, alignment), ...data]);
}
