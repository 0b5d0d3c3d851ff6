import { expect, test } from 'vitest';
import { packagingOptions } from '../../../scripts/package/packaging-options.ts';

const azure = {
	AZURE_SIGN_PUBLISHER: 'Ada Lovelace, Ltd',
	AZURE_SIGN_ENDPOINT: 'https://weu.codesigning.example/',
	AZURE_SIGN_PROFILE: 'release',
	AZURE_SIGN_ACCOUNT: 'assay',
};

test.each(['linux', 'darwin', 'win32'] as const)(
	'nothing has to be set on %s, and empty variables count as unset',
	(platform) => {
		const empty = {
			PATH: '/bin',
			CSC_LINK: '',
			APPLE_ID: '',
			WIN_CSC_LINK: '',
			AZURE_SIGN_ENDPOINT: '',
			ASSAY_UPDATE_URL: '',
		};
		const { options, notes, environment } = packagingOptions(empty, platform);
		expect(environment).toEqual({ PATH: '/bin' });
		expect(options).toEqual(
			platform === 'darwin' ? ['-c.mac.identity=-', '-c.mac.hardenedRuntime=false', '-c.mac.notarize=false'] : [],
		);
		expect(notes.join('\n')).toContain('no source of updates');
		expect(notes.join('\n')).toMatch(platform === 'linux' ? /^Updates/ : /Signing: none/);
	},
);

test('macOS: a certificate signs, and with Apple’s key the app is notarised', () => {
	expect(packagingOptions({ CSC_LINK: 'x' }, 'darwin')).toMatchObject({
		options: [],
		notes: [expect.stringContaining('not notarised'), expect.anything()],
	});
	expect(packagingOptions({ CSC_LINK: 'x', APPLE_API_KEY: 'k' }, 'darwin').notes[0]).toBe(
		'Signing: Developer ID, notarised',
	);
});

test('Windows: Azure’s service signs if all of it is configured; a part of it is an error that names the rest', () => {
	expect(packagingOptions(azure, 'win32').options).toEqual([
		'-c.win.azureSignOptions.publisherName=Ada Lovelace, Ltd',
		'-c.win.azureSignOptions.endpoint=https://weu.codesigning.example/',
		'-c.win.azureSignOptions.certificateProfileName=release',
		'-c.win.azureSignOptions.codeSigningAccountName=assay',
	]);
	expect(() => packagingOptions({ ...azure, AZURE_SIGN_PROFILE: '' }, 'win32')).toThrow('not AZURE_SIGN_PROFILE');
	expect(packagingOptions({ WIN_CSC_LINK: 'x' }, 'win32').options).toEqual([]);
});

test('a source of updates needs its key', () => {
	const source = { ASSAY_UPDATE_URL: 'https://updates.example/assay.json', ASSAY_UPDATE_PUBLIC_KEY: 'k' };
	expect(packagingOptions(source, 'linux').options).toEqual([
		'-c.publish.provider=generic',
		'-c.publish.url=https://updates.example/assay.json',
	]);
	expect(() => packagingOptions({ ASSAY_UPDATE_URL: 'https://updates.example/' }, 'linux')).toThrow('set together');
	expect(() => packagingOptions({ ASSAY_UPDATE_PUBLIC_KEY: 'k' }, 'linux')).toThrow('set together');
});
