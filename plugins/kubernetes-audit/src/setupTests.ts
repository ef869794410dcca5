import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// The first render of a page loads its parts.
configure({ asyncUtilTimeout: 10_000 });
