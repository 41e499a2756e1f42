"""What is: names, documents, policy, the registry and its changes. Values only."""
