import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { implementContract } from '../../../electron/api/implementer.ts';
import { FakeApplication } from './fake-application.ts';
import { fakeRouter } from './router.ts';
import { searchHandlers } from './search-handlers.ts';

test('an unscripted call fails with its path, for the caller and in the log', async () => {
	const log: string[] = [];
	const client = createRouterClient(fakeRouter(new FakeApplication(), (line) => log.push(line)));
	const message = 'the fake application has no answer to datasets.versions.freeze';
	await expect(client.datasets.versions.freeze({ datasetId: 1 })).rejects.toThrow(message);
	expect(log).toEqual([expect.stringContaining(message)]);
});

test('the type checker refuses a fake that lacks a call or has another in its place', () => {
	const os = implementContract(() => {});
	const { find, choices } = searchHandlers(new FakeApplication(), os);
	os.search.router({ find, choices });
	// @ts-expect-error `choices` is missing.
	os.search.router({ find });
	// @ts-expect-error `choices` answers with something else.
	os.search.router({ find, choices: find });
});
