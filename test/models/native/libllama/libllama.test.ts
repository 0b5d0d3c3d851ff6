import { describe, expect, test } from 'vitest';
import { Failure } from '../../../../models/contract/failure.ts';
import { findNativeLibrary, pickLibraries } from '../../../../models/native/libllama/find-library.ts';
import { NativeLog } from '../../../../models/native/libllama/llama-log.ts';
import { openNativeLibrary } from '../../../../models/native/libllama/open-library.ts';
import { checkLayout, expectedLayout } from '../../../../models/native/libllama/struct-layout.ts';

function failureOf(action: () => unknown): Failure {
	try {
		action();
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
	throw new Error('nothing was thrown');
}

describe('finding the library', () => {
	test('file names on Linux, macOS and Windows are distinguished from similar ones', () => {
		const linux = ['libggml-base.so', 'libggml-cpu-haswell.so', 'libggml.v0.4.0.so', 'libllama-common.so'];
		expect(pickLibraries('/x', [...linux, 'libllama.v0.4.0.so', 'llama-addon.node'])).toEqual({
			folder: '/x',
			llama: '/x/libllama.v0.4.0.so',
			ggml: '/x/libggml.v0.4.0.so',
			ggmlBase: '/x/libggml-base.so',
		});
		const mac = ['libggml-base.dylib', 'libggml-metal.dylib', 'libggml.metal.v0.4.0.dylib', 'libllama-common.dylib'];
		expect(pickLibraries('/x', [...mac, 'libllama.metal.v0.4.0.dylib'])).toMatchObject({
			llama: '/x/libllama.metal.v0.4.0.dylib',
			ggml: '/x/libggml.metal.v0.4.0.dylib',
		});
		const windows = ['ggml-base.dll', 'ggml-cpu-x64.dll', 'ggml.v0.4.0.dll', 'llama-common.dll', 'llama.v0.4.0.dll'];
		expect(pickLibraries('/x', windows)).toMatchObject({ llama: '/x/llama.v0.4.0.dll', ggml: '/x/ggml.v0.4.0.dll' });
	});

	test('a missing library is reported with its folder', () => {
		const failure = failureOf(() => pickLibraries('/x', ['libggml.so', 'libggml-base.so']));
		expect(failure.code).toBe('native-library-missing');
		expect(failure.message).toContain('llama library');
		expect(failure.message).toContain('/x');
	});

	test('a package that is not installed and an unsupported platform have different failures', () => {
		const absent = failureOf(() =>
			findNativeLibrary('darwin', 'arm64', () => {
				throw new Error('Cannot find module');
			}),
		);
		expect(absent.message).toContain('@node-llama-cpp/mac-arm64-metal');
		expect(failureOf(() => findNativeLibrary('aix', 'ppc64')).message).toContain('aix on ppc64');
		expect(absent.code).toBe('native-library-missing');
	});
});

describe('layout self-check', () => {
	test('the installed library has the expected layout', () => {
		expect(openNativeLibrary().version).toBe(expectedLayout.llama_version);
	});

	test('the library is opened once per process', () => {
		expect(openNativeLibrary()).toBe(openNativeLibrary());
	});

	test.each(Object.keys(expectedLayout))('a changed %s fails with its name', (field) => {
		const failure = failureOf(() => checkLayout({ ...expectedLayout, [field]: 4242 }));
		expect(failure.code).toBe('native-layout-changed');
		expect(failure.message).toContain(`${field} reads 4242`);
		expect(failure.next.length).toBeGreaterThan(0);
	});

	test('a field that the library no longer has fails too', () => {
		const { 'llama_context_params.n_batch': _gone, ...rest } = expectedLayout;
		expect(failureOf(() => checkLayout(rest)).message).toContain('llama_context_params.n_batch reads null');
	});
});

describe('log', () => {
	test('pieces of a line are joined at the level of the first', () => {
		const log = new NativeLog();
		const lines: unknown[] = [];
		log.onLine = (line) => lines.push(line);
		log.append(3, 'warning: a tensor ');
		log.append(5, '-> falling back\n[ 1/ 2] next');
		log.append(2, ' done\n\n');
		expect(lines).toEqual([
			{ level: 'warn', text: 'warning: a tensor -> falling back' },
			{ level: 'warn', text: '[ 1/ 2] next done' },
		]);
	});

	test('the tail shows only warnings and errors, if there are any', () => {
		const log = new NativeLog();
		log.append(2, 'loading\n');
		expect(log.tail()).toBe('loading');
		log.append(4, 'tensor data is not within the file bounds\n');
		expect(log.tail()).toBe('tensor data is not within the file bounds');
	});
});
