import { expect, test } from 'vitest';
import { connectionOf } from '../../../electron/database/database.ts';
import { addKey, findKey, listKeys } from '../../../electron/server/keys.ts';
import { createDatabase } from '../../support/database.ts';

test('a key is good although its use can’t be noted, because the disk is full', () => {
	const { database } = createDatabase();
	const { key, secret } = addKey(database, { name: 'Editor', scopes: ['inference'] }, 1);
	connectionOf(database).pragma('query_only = ON');
	expect(findKey(database, secret, 2)).toMatchObject({ id: key.id });
	connectionOf(database).pragma('query_only = OFF');
	expect(connectionOf(database).pragma('synchronous', { simple: true })).toBe(2);
	findKey(database, secret, 3);
	expect(listKeys(database)).toMatchObject([{ lastUsedAt: 3 }]);
});
