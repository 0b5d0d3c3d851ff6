import { expect, test } from 'vitest';
import {
	conversationsByOrigin,
	conversationsByTime,
} from '../../../../electron/conversation/import-export/find-existing.ts';
import { nextImporting } from '../../../../electron/conversation/import-export/import-visibility.ts';
import { queryPlan } from '../../../../electron/database/sql.ts';
import { createDatabase } from '../../../support/database.ts';

test.each([
	['finding known conversations by origin', conversationsByOrigin, 'conversations_imported'],
	['finding known conversations by start time', conversationsByTime, 'conversations_created'],
	['finding conversations being imported', nextImporting, 'conversations_trash'],
])('%s uses an index instead of a scan', (_, sql, index) => {
	const { database } = createDatabase();
	const plan = queryPlan(database, sql, {
		importedFrom: 'jan',
		importedKey: '1',
		createdAt: 1,
		importing: -1,
		limit: 1,
	});
	expect(plan.join('\n')).toContain(index);
	expect(plan.join('\n')).not.toContain('SCAN');
});
