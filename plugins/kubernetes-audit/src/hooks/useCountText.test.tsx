import { errorApiRef } from '@backstage/core-plugin-api';
import {
  AppLanguageApi,
  appLanguageApiRef,
  translationApiRef,
} from '@backstage/core-plugin-api/alpha';
import { mockApis, TestApiProvider } from '@backstage/frontend-test-utils';
import { renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { useCountText } from './useCountText';

function textsIn(language: string) {
  const languageApi: AppLanguageApi = {
    getAvailableLanguages: () => ({ languages: [language] }),
    setLanguage: () => {},
    getLanguage: () => ({ language }),
    language$: () => {
      throw new Error('the test does not expect this call');
    },
  };
  const wrapper = (props: { children: ReactNode }) => (
    <TestApiProvider
      apis={[
        [appLanguageApiRef, languageApi],
        [translationApiRef, mockApis.translation()],
        [errorApiRef, mockApis.error()],
      ]}
    >
      {props.children}
    </TestApiProvider>
  );
  return renderHook(() => useCountText(), { wrapper }).result.current;
}

describe('useCountText', () => {
  it('writes numbers in the language of the page', () => {
    expect(textsIn('en')(1200)).toBe('1,200');
    expect(textsIn('de')(1200)).toBe('1.200');
  });

  it('says that there are more', () => {
    expect(textsIn('de')(10_000, true)).toBe('10.000+');
  });
});
