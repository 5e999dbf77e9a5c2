"""Many experiments side by side: what each strategy lets through under the same load, and what it costs."""
